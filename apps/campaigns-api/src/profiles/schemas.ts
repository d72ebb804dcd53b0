// A profile on the wire, for the OpenAPI document; `fields.ts` holds the rules.
import { Type } from 'typebox';

const Texts = { type: 'array', items: { type: 'string' } };
const TextOrNull = { type: 'string', nullable: true };
const open = (properties: Record<string, object>) =>
  Type.Unsafe<object>({ type: 'object', properties, additionalProperties: true });

const settings = {
  name: Type.String({ minLength: 1, maxLength: 255 }),
  description: Type.String({ minLength: 1, maxLength: 5000 }),
  demographics: open({ age_group: TextOrNull, gender: TextOrNull, interests: Texts, countries: Texts }),
  device_preferences: open({ device_brand: TextOrNull, device_models: Texts, operating_system: TextOrNull }),
  app_usage: open({
    preferred_app_categories: Texts,
    session_duration_avg_minutes: { type: 'number', nullable: true },
  }),
  rtb_specifics: open({
    preferred_ad_formats: Texts,
    adid_persistence: { type: 'string', enum: ['per_user', 'per_session', 'per_impression'] },
  }),
  referrers: Type.Unsafe<object>({ type: 'object', additionalProperties: Texts }),
};

const { name, description, ...optional } = settings;

export const Profile = Type.Object(
  {
    id: Type.String({ format: 'uuid' }),
    ...settings,
    created_at: Type.String({ format: 'date-time' }),
    updated_at: Type.String({ format: 'date-time' }),
  },
  { $id: 'Profile' },
);

export const ProfileCreate = Type.Object(
  { name, description, ...Type.Partial(Type.Object(optional)).properties },
  { $id: 'ProfileCreate' },
);

export const ProfileUpdate = Type.Object(Type.Partial(Type.Object(settings)).properties, {
  $id: 'ProfileUpdate',
});

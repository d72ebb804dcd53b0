// Lines of a campaign's log on the wire, for the OpenAPI document.
import { Type } from 'typebox';

export const LogLine = Type.Object(
  {
    campaign_id: Type.String(),
    timestamp: Type.String({ format: 'date-time' }),
    level: Type.String(),
    event: Type.String({ description: 'What happened; `log` where somebody wrote the line.' }),
    message: Type.String(),
  },
  { $id: 'LogLine' },
);

export const LogRequest = Type.Object(
  {
    message: Type.String({ minLength: 1, maxLength: 5000 }),
    level: Type.Optional(
      Type.Unsafe<string>({
        type: 'string',
        enum: ['debug', 'info', 'warning', 'error', 'critical'],
        default: 'info',
      }),
    ),
  },
  { $id: 'LogRequest' },
);

// Tests on the wire, for the OpenAPI document.
import { Type } from 'typebox';
import { MAX_COUNT, TEST_TYPES } from './test-request.ts';

const Kind = Type.Unsafe<string>({ type: 'string', enum: [...TEST_TYPES] });
const AnyObject = (description: string) =>
  Type.Unsafe<object>({ type: 'object', additionalProperties: true, description });
const Figures = Type.Unsafe<object>({ type: 'object', additionalProperties: { type: 'number' } });
const Objects = Type.Array(Type.Unsafe<object>({ type: 'object', additionalProperties: true }));
const Count = (description: string) =>
  Type.Optional(Type.Integer({ minimum: 0, maximum: MAX_COUNT, default: 5, description }));

export const TrafficTestRequest = Type.Object(
  {
    test_type: Kind,
    config: Type.Optional(
      AnyObject(
        'Settings of a campaign, or a whole session; the rest is that of a sample. Not for simulate_request.',
      ),
    ),
    traffic_data: Type.Optional(AnyObject('For simulate_request; a sample without it.')),
    num_simulations: Count('For simulate_request.'),
    num_requests: Count('For full_traffic_simulation.'),
  },
  { $id: 'TrafficTestRequest' },
);

export const TrafficTest = Type.Object(
  {
    success: Type.Literal(true),
    test_type: Kind,
    timestamp: Type.String({ format: 'date-time' }),
    data: Type.Optional(Type.Ref('TrafficEntry')),
    input_data: Type.Optional(AnyObject('The traffic data that was simulated.')),
    config: Type.Optional(AnyObject('The campaign that was played.')),
    traffic_entries: Type.Optional(Objects),
    simulation_results: Type.Optional(Objects),
    statistics: Type.Optional(Figures),
    traffic_analysis: Type.Optional(Figures),
    performance_metrics: Type.Optional(Figures),
    summary: Type.Optional(AnyObject('In short.')),
    verification: Type.Optional(AnyObject('For each field whether it is right.')),
    all_fields_valid: Type.Optional(Type.Boolean()),
    rtb_data_valid: Type.Optional(Type.Boolean()),
    rtb_fields_valid: Type.Optional(Type.Boolean()),
  },
  {
    $id: 'TrafficTest',
    description:
      'What it has depends on the type of the test. Times of the test are seconds, response times milliseconds, rates percent.',
  },
);

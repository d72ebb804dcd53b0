import { createTestMongo, describeOnMongo } from '@trafficflux/tooling/test-stores';
import { expect, test } from 'vitest';
import { startCampaignsApi } from '../../test/service.ts';

describeOnMongo('accounts in MongoDB', () => {
  test('log in as those in PostgreSQL do', async () => {
    const { url, databaseName, drop } = createTestMongo();
    const service = await startCampaignsApi({
      TRAFFIC_AUTH: 'required',
      MONGO_URL: url,
      DATABASE_NAME: databaseName,
      ACCOUNTS_DATABASE_URL: 'postgresql://nobody@127.0.0.1:1/none',
    });
    await service.addAccount('ada', ['operator']);
    const token = await service.logIn('ada');
    expect((await service.read('/api/sessions/', token)).status).toBe(200);
    await service.close();
    await drop();
  });

  test('cannot be opened by a URL that the driver does not read', async () => {
    const starting = startCampaignsApi({ TRAFFIC_AUTH: 'required', MONGO_URL: 'mongodb://:hunter2' });
    await expect(starting).rejects.toThrow(/^MONGO_URL is not usable\. (?!.*hunter2)/);
  });
});

import { createLogger } from '@trafficflux/service-kit';
import { createTestMongo, describeOnMongo } from '@trafficflux/tooling/test-stores';
import { expect, test } from 'vitest';
import { startCampaignsApi } from '../../test/service.ts';
import { loadStoreConfig } from '../config.ts';
import { openStores } from './stores.ts';

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
    const databaseUrl = 'postgresql://nobody@127.0.0.1:1/none';
    const env = {
      TRAFFIC_AUTH: 'required',
      DATABASE_URL: databaseUrl,
      PLATFORM_DATABASE_URL: databaseUrl,
      MONGO_URL: 'mongodb://:hunter2',
    };
    const opening = openStores(loadStoreConfig({ env }), createLogger({ name: 'test', level: 'silent' }));
    await expect(opening).rejects.toThrow(/^MONGO_URL is not usable\. (?!.*hunter2)/);
  });
});

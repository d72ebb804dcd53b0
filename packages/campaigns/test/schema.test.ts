// The Prisma schema against the tables that the migrations make.
import { readFileSync } from 'node:fs';
import { createTestDatabase, type TestDatabase } from '@trafficflux/tooling/test-stores';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { campaignMigrations } from '../src/index.ts';

let database: TestDatabase;
let client: pg.Client;

beforeAll(async () => {
  database = await createTestDatabase(campaignMigrations);
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

const schema = readFileSync(new URL('../prisma/schema.prisma', import.meta.url), 'utf8');
const models = [...schema.matchAll(/^model (\w+) \{\n([\s\S]*?)^\}/gm)].map(([, name = '', body = '']) => ({
  name,
  body,
  table: /@@map\("(\w+)"\)/.exec(body)?.[1] ?? name,
}));
const TYPES: Readonly<Record<string, string>> = {
  Int: 'integer',
  BigInt: 'bigint',
  Float: 'double precision',
  String: 'text',
  Boolean: 'boolean',
  Bytes: 'bytea',
};

interface Field {
  readonly column: string;
  readonly type: string;
  readonly attributes: string;
}

function fieldsOf(body: string): Field[] {
  const names = new Set(models.map(({ name }) => name));
  return [...body.matchAll(/^ {2}(\w+) +(\w+)(\?|\[\])?(.*)$/gm)]
    .filter(([, , type = '']) => !names.has(type))
    .map(([, field = '', type = '', optional, attributes = '']) => ({
      column: /@map\("(\w+)"\)/.exec(attributes)?.[1] ?? field,
      type: `${toSqlType(type, attributes)}${optional ? ' null' : ''}`,
      attributes,
    }));
}

function toSqlType(type: string, attributes: string): string {
  const native = /@db\.(\w+)(\(\d+\))?/.exec(attributes);
  return native ? `${native[1]?.toLowerCase()}${native[2] ?? ''}` : (TYPES[type] ?? type);
}

test('the Prisma schema names every column of the database, with its type', async () => {
  const { rows } = await client.query<{
    place: string;
    type: string;
    is_nullable: string;
    precision: number;
  }>(
    `SELECT table_name || '.' || column_name AS place, is_nullable, datetime_precision AS precision,
       CASE udt_name WHEN 'timestamptz' THEN 'timestamptz' ELSE data_type END AS type
     FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> 'applied_migrations'`,
  );
  const columns = models.flatMap(({ table, body }) =>
    fieldsOf(body).map(({ column, type }) => `${table}.${column}: ${type}`),
  );
  expect(columns).toContain('campaigns.running_since: timestamptz(6) null');
  expect(columns.toSorted()).toEqual(
    rows
      .map(({ place, type, is_nullable, precision }) => {
        const whole = type === 'timestamptz' ? `${type}(${precision})` : type;
        return `${place}: ${whole}${is_nullable === 'YES' ? ' null' : ''}`;
      })
      .toSorted(),
  );
});

test('Prisma leaves out only what the database fills in', async () => {
  const { rows } = await client.query<{ place: string; is_filled: boolean }>(
    `SELECT table_name || '.' || column_name AS place, column_default IS NOT NULL OR is_identity = 'YES' AS is_filled
     FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> 'applied_migrations'`,
  );
  const filled = new Map(rows.map(({ place, is_filled }) => [place, is_filled]));
  for (const { table, body } of models) {
    for (const { column, attributes } of fieldsOf(body))
      expect({ column, isFilled: /@default\(/.test(attributes) }).toEqual({
        column,
        isFilled: filled.get(`${table}.${column}`),
      });
  }
});

test('the database has the keys and the indexes that the Prisma schema names', async () => {
  const { rows: keys } = await client.query<{ place: string; definition: string }>(
    `SELECT conrelid::regclass::text AS place, pg_get_constraintdef(oid) AS definition FROM pg_constraint
     WHERE connamespace = 'public'::regnamespace AND contype IN ('p', 'f', 'u') AND conrelid <> 'applied_migrations'::regclass`,
  );
  const toCascade = 'FOREIGN KEY (campaign_id) REFERENCES campaigns(id) ON DELETE CASCADE';
  expect(keys.map(({ place, definition }) => `${place} ${definition}`).toSorted()).toEqual(
    [
      'profiles PRIMARY KEY (id)',
      'campaigns PRIMARY KEY (id)',
      'campaigns UNIQUE (number)',
      'chunks PRIMARY KEY (campaign_id, last_sequence)',
      `chunks ${toCascade}`,
      'campaign_values PRIMARY KEY (campaign_id, kind, value)',
      `campaign_values ${toCascade}`,
      'state_changes PRIMARY KEY (id)',
      `state_changes ${toCascade}`,
      'campaign_logs PRIMARY KEY (id)',
      `campaign_logs ${toCascade}`,
      'workers PRIMARY KEY (name)',
    ].toSorted(),
  );
  for (const [, attributes = ''] of schema.matchAll(/@relation\((.*?)\)/g))
    expect(attributes).toContain('onDelete: Cascade');
  const named = [...schema.matchAll(/@@index\(.*map: "(\w+)"\)/g)].map(([, name]) => name);
  const { rows: indexes } = await client.query<{ indexname: string }>(
    "SELECT indexname FROM pg_indexes WHERE schemaname = 'public' AND indexdef NOT LIKE '%UNIQUE%'",
  );
  // Prisma knows no index on a part of a table.
  expect(indexes.map(({ indexname }) => indexname).toSorted()).toEqual(
    [...named, 'campaigns_generating'].toSorted(),
  );
});

test('the server packs no chunk once more, and a change of a running campaign needs no index entry', async () => {
  const { rows } = await client.query(
    "SELECT attstorage, attcompression FROM pg_attribute WHERE attrelid = 'chunks'::regclass AND attname = 'entries'",
  );
  // External: beside the row, as it is.
  expect(rows).toEqual([{ attstorage: 'e', attcompression: '' }]);
  const { rows: options } = await client.query(
    "SELECT reloptions FROM pg_class WHERE oid = 'campaigns'::regclass",
  );
  expect(options[0]?.reloptions).toEqual(['fillfactor=50']);
});

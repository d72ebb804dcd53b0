// For the command `prisma generate`; the service itself does not read it.
import { defineConfig } from 'prisma/config';

// Only `prisma migrate` needs the schema engine, which Prisma would download from outside the npm registry: any
// file in its place stops that. Our own migrate step applies the migrations.
process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= import.meta.filename;
process.env.CHECKPOINT_DISABLE ??= '1';

export default defineConfig({ schema: 'prisma/schema.prisma' });

// MongoDB's image runs this in mongosh when its volume is new: the user of the session runner, who may read and write
// one database and nothing else.
const { readFileSync } = require('node:fs');

db.getSiblingDB(process.env.MONGO_INITDB_DATABASE).createUser({
  user: 'trafficflux',
  pwd: readFileSync('/secrets/mongodb/user-password', 'utf8'),
  roles: [{ role: 'readWrite', db: process.env.MONGO_INITDB_DATABASE }],
});

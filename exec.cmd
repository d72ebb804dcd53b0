@rem Windows has no exec: with this, the scripts of package.json mean there what they mean elsewhere.
@%*

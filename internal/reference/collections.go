package reference

const collectionsPath = rootPath + "/collections"

// collectionFiles are the files for the tools of others.
var collectionFiles = []struct{ tool, name string }{}

package reference

import (
	"time"

	"github.com/gin-gonic/gin"

	"fairway/internal/clock"
	"fairway/internal/collections"
	"fairway/internal/httpkit"
)

const collectionsPath = rootPath + "/collections"

// collectionFiles are the files for the tools of others.
var collectionFiles = []struct {
	tool, name, file, kind string
	write                  func(collections.Place) ([]byte, error)
}{
	{"Postman", "postman.json", "fairway.postman_collection.json", "application/json", collections.Postman},
	{"Postman environment", "postman-environment.json", "fairway.postman_environment.json", "application/json", collections.PostmanEnvironment},
	{"Bruno", "bruno.zip", "fairway-bruno.zip", "application/zip", collections.Bruno},
	{"Insomnia", "insomnia.yaml", "fairway-insomnia.yaml", "application/yaml", collections.Insomnia},
}

// months is how far back the transactions of a collection begin.
const months = 3

func (f *Face) mountCollections(m httpkit.Mounts) {
	for _, file := range collectionFiles {
		m.Public.Get(collectionsPath+"/"+file.name, func(c *gin.Context) error {
			r, err := f.read(c)
			if err != nil {
				return err
			}
			text, err := file.write(r.collection(f.Clock))
			if err != nil {
				return err
			}
			return httpkit.Download(c, file.file, file.kind, text)
		})
	}
}

// collection is what the reader's collections are filled with.
func (r reader) collection(clk clock.Clock) collections.Place {
	p := collections.Place{
		App: r.app.Name, Brand: r.brand.Name, APIURL: r.at.Place(), TokenURL: r.at.Auth + "/token", AuthorisationURL: r.bank() + "/v1/authorizations",
		ClientID: r.app.ClientID, PortalURL: r.at.Portal, Day: clk.Now().UTC().AddDate(0, -months, 0).Format(time.DateOnly),
	}
	for _, u := range r.app.RedirectURIs {
		if !u.Playground {
			p.RedirectURI = u.URI
			break
		}
	}
	return p
}

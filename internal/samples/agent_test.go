package samples_test

import (
	"strings"
	"testing"

	"fairway/internal/samples"
)

func TestALanguageIsReadFromWhatItsClientsCallThemselves(t *testing.T) {
	t.Parallel()
	for agent, want := range map[string]string{
		"curl/8.5.0": "curl", "node": "node", "undici": "node", "axios/1.7.2": "node", "node-fetch/1.0 (+https://github.com/bitinn/node-fetch)": "node",
		"Python-urllib/3.12": "python", "python-requests/2.32.3": "python", "Python/3.12 aiohttp/3.9.5": "python",
		"Go-http-client/1.1": "go", "Java-http-client/17.0.11": "java", "Apache-HttpClient/5.3 (Java/21)": "java", "okhttp/4.12.0": "java",
		".NET/8.0": "csharp", "RestSharp/111.2.0.0": "csharp", "BudgetBuddy/2.1 Go-http-client/2.0": "go", "Pay (java 21)": "java",
		"":                     "",
		"Fairway-Playground/1": "", "PostmanRuntime/7.39.0": "", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36": "", "\x00\xff": "", "Django/curly": "", "JavaScript/1": "", "gotham/2": "", "got (https://github.com/sindresorhus/got)": "node",
	} {
		if got := samples.OfAgent(agent); got != want {
			t.Errorf("%q is %q, want %q", agent, got, want)
		}
	}
	for _, l := range samples.Languages() {
		if got := samples.OfAgent(strings.Repeat(" ", 3) + map[string]string{"curl": "curl/8", "node": "node", "python": "python", "go": "go-http-client", "java": "java", "csharp": "dotnet"}[l.ID]); got != l.ID {
			t.Errorf("%s has no client of its own: %q", l.Name, got)
		}
	}
}

func TestTheLanguageOfMostCallsWinsAndWhatTellsNothingDoesNotCount(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		calls map[string]int
		want  string
	}{
		"nobody called":               {nil, ""},
		"the playground alone called": {map[string]int{"Fairway-Playground/1": 90, "": 9}, ""},
		"one language":                {map[string]int{"Go-http-client/1.1": 1, "Fairway-Playground/1": 90}, "go"},
		"the most":                    {map[string]int{"curl/8.5.0": 3, "Java-http-client/17": 4}, "java"},
		"two clients of one language": {map[string]int{"curl/8.5.0": 3, "axios/1.7": 2, "undici": 2}, "node"},
		"as many of two":              {map[string]int{"Go-http-client/1.1": 5, "python-requests/2": 5}, "python"},
	} {
		if got := samples.MostUsed(c.calls); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

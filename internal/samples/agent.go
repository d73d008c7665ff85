package samples

import "strings"

// agents are how the clients of each language name themselves: in small letters, the beginning of a product of User-Agent
// and the blank behind it.
var agents = []struct{ begins, language string }{
	{"curl/", "curl"}, {"wget/", "curl"},
	{"node", "node"}, {"undici", "node"}, {"axios/", "node"}, {"got ", "node"}, {"got/", "node"}, {"superagent", "node"}, {"deno/", "node"}, {"bun/", "node"},
	{"python", "python"}, {"aiohttp", "python"}, {"httpx", "python"}, {"urllib3", "python"},
	{"go-http-client", "go"}, {"go-resty", "go"},
	{"java ", "java"}, {"java/", "java"}, {"java-", "java"}, {"apache-httpclient", "java"}, {"okhttp", "java"}, {"jersey", "java"}, {"reactornetty", "java"}, {"jetty", "java"}, {"ktor", "java"},
	{".net", "csharp"}, {"dotnet", "csharp"}, {"restsharp", "csharp"}, {"csharp", "csharp"}, {"httprepl", "csharp"},
}

// OfAgent is the language of a client, read from its User-Agent: of the first product in it that is known. It is empty where
// none is, as with browsers and tools that are no programs of anybody's own.
func OfAgent(userAgent string) string {
	for product := range strings.FieldsSeq(strings.ToLower(userAgent)) {
		product = strings.TrimLeft(product, "(")
		for _, a := range agents {
			if strings.HasPrefix(product+" ", a.begins) {
				return a.language
			}
		}
	}
	return ""
}

// MostUsed is the language that most calls came from, counted by their User-Agent; of two with as many the first of Languages.
// It is empty where no call tells.
func MostUsed(calls map[string]int) string {
	counts := map[string]int{}
	for agent, n := range calls {
		if language := OfAgent(agent); language != "" {
			counts[language] += n
		}
	}
	most := ""
	for _, l := range Languages() {
		if counts[l.ID] > counts[most] {
			most = l.ID
		}
	}
	return most
}

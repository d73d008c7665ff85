package sandbox

// land is a country in which the test data's people spend money. Its nouns are invented and name no company.
type land struct {
	code     string
	currency int
	dial     string
	language int // index into trade.words
	branches int // shops of one trade in one town
	open     int64
	shut     int64 // opening hours in UTC
	streets  []string
	nouns    []string
}

const (
	finnish = iota
	swedish
	english
)

const (
	finland = iota
	sweden
	norway
	denmark
	estonia
	germany
	britain
	america
	japan
)

var lands = [...]land{
	finland: {"FI", eur, "358-9", finnish, 2, 5, 18,
		[]string{"Kauppakatu", "Asemakatu", "Rantakatu", "Torikatu", "Koulukatu", "Myllytie", "Harjutie"},
		[]string{"Kettukello", "Hillohalla", "Tuulikenkä", "Harakkahattu", "Mustikkaruuti", "Savuhauki", "Tähtitorvi", "Jääsieni",
			"Rastasrumpu", "Ohdakeonni", "Torvisammal", "Peurapilli", "Kaislakanto", "Muikkumuki", "Hirvihaitari", "Sammalsukka",
			"Koivukukko", "Pilvisaapas", "Lumipipo", "Naavanuttu", "Kuutamokala", "Pöllönpulla", "Käpykello", "Ahvenaasi"}},
	sweden: {"SE", sek, "46-8", swedish, 2, 6, 19,
		[]string{"Storgatan", "Järnvägsgatan", "Skolgatan", "Strandvägen", "Kvarngatan", "Björkvägen"},
		[]string{"Molnstöveln", "Rävklockan", "Hjortronhatten", "Vindskon", "Skatmössan", "Blåbärskrutet", "Rökgäddan", "Stjärnluren",
			"Issvampen", "Trasttrumman", "Tistelturen", "Mosstrumpan", "Renpipan", "Vassgubben", "Siklöjekoppen", "Björktuppen",
			"Ugglebullen", "Kottklockan", "Snöluvan", "Månfisken"}},
	norway: {"NO", nok, "47", english, 1, 7, 18, []string{"Storgata", "Kirkegata", "Havnegata"},
		[]string{"Molteluen", "Skjærehatten", "Ugleskoen", "Torskehornet", "Reveklokka", "Bjørkehanen"}},
	denmark: {"DK", dkk, "45", english, 1, 7, 18, []string{"Nørregade", "Algade", "Havnegade"},
		[]string{"Sildehatten", "Storkestøvlen", "Bøgehanen", "Tangtrommen", "Ræveklokken", "Månekoppen"}},
	estonia: {"EE", eur, "372", english, 1, 6, 18, []string{"Pikk", "Lai", "Kooli"},
		[]string{"Rebasekell", "Pilvesaabas", "Haugisuits", "Käbikukk", "Kuukala", "Samblasokk"}},
	germany: {"DE", eur, "49-30", english, 1, 7, 18, []string{"Bahnhofstraße", "Hauptstraße", "Gartenstraße"},
		[]string{"Wolkenstiefel", "Fuchsglocke", "Elsterhut", "Moossocke", "Mondfischerl", "Distelpauke"}},
	britain: {"GB", gbp, "44-20", english, 1, 8, 19, []string{"High Street", "Station Road", "Mill Lane"},
		[]string{"Cloudboot", "Foxbell", "Magpie Hat", "Mossock", "Thistle Drum", "Owl Bun"}},
	america: {"US", usd, "1-212", english, 1, 14, 23, []string{"Main Street", "Oak Street", "2nd Avenue"},
		[]string{"Bluejay Boot", "Moon Mitten", "Cattail Horn", "Pike Smoke", "Fog Sock", "Pinecone Bell"}},
	japan: {"JP", jpy, "81-3", english, 1, 0, 11, []string{"Chuo-dori", "Ekimae-dori"},
		[]string{"Kumogutsu", "Kitsune Suzu", "Koke Tabi", "Tsuki Sakana", "Matsu Kane"}},
}

// place is a town with shops.
type place struct {
	land int
	town string
	post string
}

const (
	helsinki = iota
	tampere
	turku
	oulu
	tornio
	stockholm
	goteborg
	umea
	haparanda
	oslo
	tromso
	copenhagen
	tallinn
	berlin
	london
	newYork
	tokyo
)

var places = [...]place{
	helsinki:   {finland, "Helsinki", "00100"},
	tampere:    {finland, "Tampere", "33100"},
	turku:      {finland, "Turku", "20100"},
	oulu:       {finland, "Oulu", "90100"},
	tornio:     {finland, "Tornio", "95400"},
	stockholm:  {sweden, "Stockholm", "111 20"},
	goteborg:   {sweden, "Göteborg", "411 03"},
	umea:       {sweden, "Umeå", "903 26"},
	haparanda:  {sweden, "Haparanda", "953 31"},
	oslo:       {norway, "Oslo", "0150"},
	tromso:     {norway, "Tromsø", "9008"},
	copenhagen: {denmark, "København", "1050"},
	tallinn:    {estonia, "Tallinn", "10111"},
	berlin:     {germany, "Berlin", "10115"},
	london:     {britain, "London", "E1 6AN"},
	newYork:    {america, "New York", "10001"},
	tokyo:      {japan, "Tokyo", "100-0001"},
}

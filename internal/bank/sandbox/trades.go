package sandbox

// trade is a kind of shop: its ISO 18245 category, what it is called and what one pays there.
type trade struct {
	mcc     string
	words   [3]string // in Finnish, Swedish and English
	min     int64     // euro cents
	max     int64
	ending  int64 // hundredths that its prices end in; -1 any
	returns bool  // goods may come back within a fortnight
	seat    int   // place of the one merchant of a subscription, or 0: the cardholder's country
}

const (
	grocery = iota
	kiosk
	bakery
	fuel
	fuelPump
	restaurant
	fastFood
	pharmacy
	department
	clothing
	electronics
	books
	hardware
	sports
	flowers
	hair
	transit
	rail
	taxi
	parking
	hotel
	cinema
	sights
	airline
	stationery
	courier
	cashMachine
	streaming
	music
	phone
	gym
	newspaper
	insurance
	cloud
	software
)

// firstSubscription and the trades after it bill once a month, without a terminal.
const firstSubscription = streaming

var trades = [...]trade{
	grocery:     {"5411", [3]string{"Ruoka", "Livs", "Grocery"}, 480, 9650, -1, false, 0},
	kiosk:       {"5499", [3]string{"Kioski", "Kiosk", "Corner Shop"}, 190, 1450, -1, false, 0},
	bakery:      {"5462", [3]string{"Leipomo", "Bageri", "Bakery"}, 250, 1890, -1, false, 0},
	fuel:        {"5541", [3]string{"Huoltamo", "Mack", "Service Station"}, 2200, 9800, -1, false, 0},
	fuelPump:    {"5542", [3]string{"Kylmäasema", "Tankautomat", "Fuel"}, 2000, 11000, -1, false, 0},
	restaurant:  {"5812", [3]string{"Ravintola", "Restaurang", "Kitchen"}, 1250, 7800, 50, false, 0},
	fastFood:    {"5814", [3]string{"Grilli", "Gatukök", "Burgers"}, 690, 2250, 90, false, 0},
	pharmacy:    {"5912", [3]string{"Apteekki", "Apotek", "Pharmacy"}, 560, 5400, -1, false, 0},
	department:  {"5311", [3]string{"Tavaratalo", "Varuhus", "Department Store"}, 1290, 16900, 90, true, 0},
	clothing:    {"5651", [3]string{"Vaate", "Kläder", "Clothing"}, 1990, 14900, 95, true, 0},
	electronics: {"5732", [3]string{"Elektroniikka", "Elektronik", "Electronics"}, 1990, 54900, 0, true, 0},
	books:       {"5942", [3]string{"Kirjat", "Bokhandel", "Books"}, 890, 4990, 90, true, 0},
	hardware:    {"5251", [3]string{"Rautakauppa", "Järnhandel", "Hardware"}, 590, 18900, -1, true, 0},
	sports:      {"5941", [3]string{"Urheilu", "Sport", "Sports"}, 1490, 19900, 90, true, 0},
	flowers:     {"5992", [3]string{"Kukat", "Blommor", "Flowers"}, 890, 5900, 90, false, 0},
	hair:        {"7230", [3]string{"Parturi", "Frisör", "Barber"}, 2900, 8900, 0, false, 0},
	transit:     {"4111", [3]string{"Lähiliikenne", "Lokaltrafik", "City Transit"}, 310, 940, 0, false, 0},
	rail:        {"4112", [3]string{"Rata", "Järnväg", "Railway"}, 1450, 8900, 90, false, 0},
	taxi:        {"4121", [3]string{"Taksi", "Taxi", "Taxi"}, 980, 5600, -1, false, 0},
	parking:     {"7523", [3]string{"Pysäköinti", "Parkering", "Parking"}, 200, 1800, -1, false, 0},
	hotel:       {"7011", [3]string{"Hotelli", "Hotell", "Hotel"}, 8900, 24900, 0, false, 0},
	cinema:      {"7832", [3]string{"Elokuvat", "Bio", "Cinema"}, 1190, 3900, 90, false, 0},
	sights:      {"7991", [3]string{"Museo", "Museum", "Museum"}, 900, 3600, 0, false, 0},
	airline:     {"4511", [3]string{"Lennot", "Flyg", "Airways"}, 8900, 38900, -1, false, 0},
	stationery:  {"5943", [3]string{"Toimisto", "Kontor", "Office Supplies"}, 490, 9900, -1, true, 0},
	courier:     {"4215", [3]string{"Lähetti", "Bud", "Couriers"}, 690, 3900, -1, false, 0},
	cashMachine: {"6011", [3]string{"Käteisautomaatti", "Uttagsautomat", "Cash Machine"}, 0, 0, 0, false, 0},
	streaming:   {"4899", [3]string{"Suoratoisto", "Strömning", "Streaming"}, 900, 1700, 99, false, 0},
	music:       {"5815", [3]string{"Musiikki", "Musik", "Music"}, 900, 1200, 99, false, 0},
	phone:       {"4814", [3]string{"Puhelin", "Telefoni", "Phone"}, 1400, 3900, 90, false, 0},
	gym:         {"7997", [3]string{"Kuntosali", "Gym", "Gym"}, 2900, 5400, 90, false, 0},
	newspaper:   {"5968", [3]string{"Lehti", "Tidning", "News"}, 900, 2900, 90, false, 0},
	insurance:   {"6300", [3]string{"Vakuutus", "Försäkring", "Insurance"}, 1250, 4850, -1, false, 0},
	cloud:       {"5817", [3]string{"Pilvi", "Moln", "Cloud"}, 200, 1000, 99, false, newYork},
	software:    {"7372", [3]string{"Ohjelmisto", "Program", "Software"}, 1900, 9900, 0, false, london},
}

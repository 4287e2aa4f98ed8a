#include "policy/ports.h"

#include "base/fold.h"
#include "base/quote.h"
#include "policy/selector.h"

enum { LAST_PORT = 65535 };

static hj_slice cut(hj_slice text, size_t from, size_t to)
{
	return from == to ? HJ_SLICE("") : hj_slice_of(text.data + from, to - from);
}

static bool is_star(hj_slice text)
{
	return text.size == 1 && text.data[0] == '*';
}

/* Where a byte stands last; false: nowhere. */
static bool find_last(hj_slice text, char byte, size_t *at)
{
	const char *found = text.size ? memrchr(text.data, byte, text.size) : NULL;
	*at = found ? (size_t)(found - text.data) : text.size;
	return found;
}

/* Decimal digits and nothing else, as Go's ParseUint takes them: leading zeros are fine. */
static bool parse_number(hj_slice text, unsigned most, unsigned *out)
{
	unsigned value = 0;
	for (size_t i = 0; i < text.size; i++) {
		if (text.data[i] < '0' || text.data[i] > '9')
			return false;
		value = value * 10 + (unsigned)(text.data[i] - '0');
		if (value > most)
			return false;
	}
	*out = value;
	return text.size > 0;
}

/* -- HOST:PORTS (policy language 5.2) ----------------------------------------------------------- */

bool hj_hostport_split(hj_slice text, hj_hostport *out)
{
	size_t colon;
	*out = (hj_hostport){.host = text};
	if (!find_last(text, ':', &colon))
		return false;
	out->host = cut(text, 0, colon);
	out->ports = cut(text, colon + 1, text.size);
	if (colon >= 2 && text.data[0] == '[' && text.data[colon - 1] == ']') {
		out->host = cut(text, 1, colon - 1);
		out->bracketed = true;
	}
	return true;
}

/* Is what stands before the last colon a prefix, so that the colon does not begin a port? */
static bool is_prefix(hj_slice host)
{
	static const char *const prefixes[] = {
		"tag", "group", "autogroup", "ipset", "svc", "host", "user"};
	char first = host.size ? hj_fold(host.data[0]) : '\0';
	for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
		if (prefixes[i][0] == first &&
			hj_slice_equal_folded(host, hj_slice_str(prefixes[i])))
			return true;
	return false;
}

bool hj_has_ports(hj_slice text, hj_hostport *out)
{
	return hj_hostport_split(text, out) && !is_prefix(out->host);
}

const char *hj_hostport_fault(hj_slice text)
{
	size_t colon, comma;
	if (!find_last(text, ':', &colon))
		return "hostport must contain a colon (\":\")";
	if (find_last(cut(text, 0, colon), ',', &comma))
		return "host cannot contain a comma (\",\")";
	return NULL;
}

/* -- ports (policy language 5.1; sentences: 15.8, control plane 11) ------------------------------ */

/*
 * Appends what Go prints with %q of the text in lower case: the service lower-cases before it reads.
 * Only of ASCII letters, which are all that a message can quote in good faith.
 */
static void quote_folded(hj_text *fault, hj_slice text)
{
	size_t start = fault->size;
	hj_quote_append(fault, text);
	for (size_t i = start; i < fault->size; i++) {
		if (fault->data[i] == '\\')
			i++; /* an escape's letter, as in \U000e0001, keeps its case */
		else
			fault->data[i] = hj_fold(fault->data[i]);
	}
}

static bool refuse(hj_text *fault, hj_slice range, const char *why)
{
	if (fault) {
		hj_text_str(fault, "port range ");
		quote_folded(fault, range);
		hj_text_str(fault, ": ");
		hj_text_str(fault, why);
	}
	return false;
}

bool hj_ports_parse(hj_slice text, hj_ports *out, hj_text *fault)
{
	if (is_star(text)) {
		*out = (hj_ports){0, LAST_PORT};
		return true;
	}
	if (text.size == 0) {
		if (fault)
			hj_text_str(fault, "invalid port list: \"\"");
		return false;
	}
	const char *dash = memchr(text.data, '-', text.size);
	size_t at = dash ? (size_t)(dash - text.data) : text.size;
	hj_slice tail = dash ? cut(text, at + 1, text.size) : text;
	unsigned first, last;
	if (dash && tail.size && memchr(tail.data, '-', tail.size))
		return refuse(fault, text, "too many dashes(-)");
	if (!parse_number(cut(text, 0, at), LAST_PORT, &first))
		return refuse(fault, text, "invalid first integer");
	last = first;
	if (dash && !parse_number(tail, LAST_PORT, &last))
		return refuse(fault, text, "invalid last integer");
	if (first == 0)
		return refuse(fault, text, "first port must be >0, or use '*' for wildcard");
	/* The wrong way round, and so it is in the service. */
	if (first > last)
		return refuse(fault, text, "first port must be >= last port");
	*out = (hj_ports){(uint16_t)first, (uint16_t)last};
	return true;
}

bool hj_port_parse(hj_slice text, uint16_t *out)
{
	hj_ports ports;
	if (is_star(text) || (text.size && memchr(text.data, '-', text.size)) ||
		!hj_ports_parse(text, &ports, NULL))
		return false;
	*out = ports.first;
	return true;
}

bool hj_ports_next(hj_slice *rest, hj_ports *out, hj_text *fault)
{
	if (!rest->data)
		return false;
	const char *comma = rest->size ? memchr(rest->data, ',', rest->size) : NULL;
	size_t at = comma ? (size_t)(comma - rest->data) : rest->size;
	hj_slice item = cut(*rest, 0, at);
	if (!hj_ports_parse(hj_trim(item), out, NULL) && !hj_ports_parse(item, out, fault))
		return false;
	*rest = comma ? hj_slice_of(comma + 1, rest->size - at - 1) : (hj_slice){NULL, 0};
	return true;
}

/* -- protocols (policy language 5.3) ------------------------------------------------------------- */

static const hj_protocol protocols[] = {
	/* name, number, ports, documented, known */
	{"icmp", 1, false, true, true},
	{"icmpv4", 1, false, false, true},
	{"igmp", 2, false, true, true},
	{"ipv4", 4, false, true, true},
	{"ip-in-ip", 4, false, true, true},
	{"tcp", 6, true, true, true},
	{"egp", 8, false, true, true},
	{"igp", 9, false, true, true},
	{"udp", 17, true, true, true},
	{"dccp", 33, false, false, true},
	{"gre", 47, false, true, true},
	{"esp", 50, false, true, true},
	{"ah", 51, false, true, true},
	{"ipv6-icmp", 58, false, false, true},
	{"icmpv6", 58, false, false, true},
	{"tsmp", 99, false, false, true},
	{"sctp", 132, true, true, true},
	{"fc", 133, false, false, false},
};
enum { PROTOCOLS = sizeof protocols / sizeof *protocols };

const hj_protocol *hj_protocols(size_t *count)
{
	*count = PROTOCOLS;
	return protocols;
}

static const hj_protocol *find_name(hj_slice name)
{
	char first = name.size ? hj_fold(name.data[0]) : '\0';
	for (size_t i = 0; i < PROTOCOLS; i++) {
		const char *known = protocols[i].name;
		size_t at = 0;
		if (known[0] != first)
			continue;
		while (at < name.size && known[at] && hj_fold(name.data[at]) == known[at])
			at++;
		if (at == name.size && !known[at])
			return &protocols[i];
	}
	return NULL;
}

static const hj_protocol *find_number(unsigned number)
{
	for (size_t i = 0; i < PROTOCOLS; i++)
		if (protocols[i].number == number)
			return &protocols[i];
	return NULL;
}

const hj_protocol *hj_protocol_named(hj_slice name)
{
	unsigned number;
	return parse_number(name, 255, &number) ? find_number(number) : find_name(name);
}

bool hj_protocol_parse(hj_slice text, uint8_t *number)
{
	unsigned value;
	if (!parse_number(text, 255, &value)) {
		const hj_protocol *protocol = find_name(text);
		if (!protocol || !protocol->known)
			return false;
		value = protocol->number;
	}
	*number = (uint8_t)value;
	return true;
}

void hj_protocol_fault(hj_text *fault, hj_slice text)
{
	hj_text_str(fault, "proto name ");
	quote_folded(fault, text);
	hj_text_str(fault, " not known; use protocol number 0-255");
}

bool hj_protocol_has_ports(uint8_t number)
{
	const hj_protocol *protocol = find_number(number);
	return protocol && protocol->ports;
}

/* -- items of a grant (policy language 5.4) ------------------------------------------------------ */

bool hj_ip_item_parse(hj_slice text, hj_ip_item *out, hj_text *fault)
{
	hj_ip_item item = {.protocol = -1};
	size_t colon;
	hj_slice ports = text;
	if (text.size == 0) {
		if (fault)
			hj_text_str(fault, "empty string");
		return false;
	}
	if (find_last(text, ':', &colon)) {
		hj_slice name = cut(text, 0, colon);
		uint8_t number = 0;
		if (name.size == 0) {
			if (fault)
				hj_text_str(fault, "empty protocol");
			return false;
		}
		if (!is_star(name)) {
			if (!hj_protocol_parse(name, &number)) {
				if (fault)
					hj_protocol_fault(fault, name);
				return false;
			}
			item.protocol = number;
		}
		ports = cut(text, colon + 1, text.size);
	}
	/* "icmp" alone is read as ports, and refused as such. */
	if (!hj_ports_parse(ports, &item.ports, fault))
		return false;
	item.all_ports = is_star(ports);
	*out = item;
	return true;
}

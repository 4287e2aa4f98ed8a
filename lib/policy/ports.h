/*
 * Ports and protocols (policy language 5), with the service's own words for what is wrong.
 *
 * Wherever a function takes `fault`, it appends the sentence there, without the `dst="…": ` that the
 * caller may have to put before it; NULL: nobody wants to know.
 */
#ifndef HJ_POLICY_PORTS_H
#define HJ_POLICY_PORTS_H

#include "base/text.h"

typedef struct hj_ports {
	uint16_t first, last; /* both included; "*" is 0 to 65535, and nothing else begins at 0 */
} hj_ports;

/*
 * HOST:PORTS cut at its last colon. For an address in brackets host is what stands between them, and
 * bracketed is set, whether or not it is IPv6. False: there is no colon (host is then the whole
 * text, ports empty). The service lower-cases the whole first; slices keep their case.
 */
typedef struct hj_hostport {
	hj_slice host, ports;
	bool bracketed;
} hj_hostport;
bool hj_hostport_split(hj_slice text, hj_hostport *out);
/*
 * The same, but false also where the only colon belongs to a prefix such as tag: (then *out says
 * what the service takes for ports).
 */
bool hj_has_ports(hj_slice text, hj_hostport *out);
/* The service's words for HOST:PORTS without a colon or with a comma in HOST; NULL: neither. */
const char *hj_hostport_fault(hj_slice text);

/*
 * The next item of a port list ("22,80-90"). True: it is in *out and cut off *rest. False at the
 * end, when rest->data is NULL; otherwise there is a fault, and *rest still begins with it.
 *
 *     hj_slice rest = hostport.ports;
 *     while (hj_ports_next(&rest, &ports, &fault))
 *             …
 *     if (rest.data) … fault says `port range "ssh": invalid first integer`
 *
 * An empty list is a fault (`invalid port list: ""`) as long as its data is not NULL, which it never
 * is after a split. "*" is an item as well as a list. Blanks around items are skipped, though it is
 * not known whether the service skips them.
 */
bool hj_ports_next(hj_slice *rest, hj_ports *out, hj_text *fault);
/* One port or range or "*", no list. */
bool hj_ports_parse(hj_slice text, hj_ports *out, hj_text *fault);
/* One port, as tests name it: a range is none, even one from a port to itself (control plane 12). */
bool hj_port_parse(hj_slice text, uint16_t *out);

typedef struct hj_protocol {
	char name[12];   /* "tcp", lower case */
	uint8_t number;  /* IANA */
	bool ports;      /* tcp, udp, sctp */
	bool documented; /* named in the service's documentation */
	bool known;      /* to the service; otherwise to headscale alone */
} hj_protocol;
/*
 * By name (any case) or by number: then the first name where a number has several. NULL: no such
 * name, or a number without one.
 */
const hj_protocol *hj_protocol_named(hj_slice name);
/* All of them, for suggestions. */
const hj_protocol *hj_protocols(size_t *count);
/*
 * As the service reads it: a name that it knows or a decimal number 0-255 → *number. False: neither;
 * "" is neither.
 */
bool hj_protocol_parse(hj_slice text, uint8_t *number);
/* Appends `proto name "foo" not known; use protocol number 0-255`. */
void hj_protocol_fault(hj_text *fault, hj_slice text);
/* May a protocol have ports? */
bool hj_protocol_has_ports(uint8_t number);

/* An item of a grant's "ip": "443", "tcp:80-90", "icmp:*", "*". */
typedef struct hj_ip_item {
	int protocol; /* IANA number, or -1: none given (tcp, udp, icmp, ipv6-icmp) */
	hj_ports ports;
	bool all_ports; /* "*" stood for the ports */
} hj_ip_item;
bool hj_ip_item_parse(hj_slice text, hj_ip_item *out, hj_text *fault);

#endif

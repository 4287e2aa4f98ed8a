/*
 * Sets of services: which protocols, and which ports of them. "tcp:22, tcp:443, udp:53", "443", "*".
 *
 * Exact: disjoint intervals in ascending order, so equal sets have equal intervals. A protocol that
 * has no ports (all but TCP, UDP and SCTP) is in a set wholly or not at all: "443" is port 443 of
 * TCP and UDP, and ping (policy language 5.4, 13.1).
 */
#ifndef HJ_ENGINE_SERVICES_H
#define HJ_ENGINE_SERVICES_H

#include "policy/ports.h"

/* A protocol and ports, as a rule says them. */
typedef struct hj_service {
	int16_t protocol; /* IANA number; -1: none was given, which is TCP, UDP, ICMP, ICMPv6 */
	hj_ports ports;
} hj_service;

/*
 * Does it have a port? protocol -1: TCP or UDP, either is enough (policy language 9.5). port -1: any
 * port at all. Protocols without ports have every port.
 */
HJ_API bool hj_service_has(hj_service service, int protocol, int port);

/* An interval of a set; protocol is never -1. */
typedef struct hj_service_range {
	uint8_t protocol;
	uint16_t first, last; /* ports, both included; 0 to 65535 where there are none */
} hj_service_range;

typedef struct hj_services {
	hj_service_range *items; /* by protocol, then port; none touches the next */
	size_t count, capacity;
	const hj_allocator *allocator;
} hj_services;

HJ_API void hj_services_init(hj_services *set, const hj_allocator *allocator);
HJ_API void hj_services_free(hj_services *set);
/* Nothing in it; keeps the memory. */
HJ_API void hj_services_clear(hj_services *set);

/* These fail with HJ_NO_MEMORY only, and then leave the set as it was. n log n, else linear. */
HJ_API hj_status hj_services_add(hj_services *set, const hj_service *services, size_t count);
HJ_API hj_status hj_services_unite(hj_services *set, const hj_services *other);
HJ_API hj_status hj_services_subtract(hj_services *set, const hj_services *other);
HJ_API hj_status hj_services_intersect(hj_services *set, const hj_services *other);

HJ_API bool hj_services_equal(const hj_services *a, const hj_services *b);
/* Is all of `inner` in `outer`? Is anything of `a` in `b`? */
HJ_API bool hj_services_contain(const hj_services *outer, const hj_services *inner);
HJ_API bool hj_services_overlap(const hj_services *a, const hj_services *b);
/* As hj_service_has. */
HJ_API bool hj_services_has(const hj_services *set, int protocol, int port);

/*
 * A set as few items, canonically: what TCP, UDP and ping have in common without a protocol, then
 * the intervals that hold more, by protocol; "443, tcp:*" rather than pieces around 443. Equal sets
 * give equal items, and the items are the set. Start with a cursor that is all zero.
 */
typedef struct hj_services_cursor {
	size_t tcp, udp; /* how far the common part has come */
	size_t at;       /* how far the rest has */
	bool begun, common;
} hj_services_cursor;
HJ_API bool hj_services_next(const hj_services *set, hj_services_cursor *cursor, hj_service *out);

/* As in a grant's "ip": "*", "22", "8000-8100", "tcp:443", "icmp:*", "47:*" without a name. */
HJ_API void hj_service_append(hj_text *out, hj_service service);
/* The items of a set, parted by ", "; nothing for the empty set. */
HJ_API void hj_services_append(hj_text *out, const hj_services *set);

#endif

/*
 * Dates as HTTP writes them (RFC 9110, 5.6.7): "Sun, 06 Nov 1994 08:49:37 GMT", and the two older forms.
 */
#ifndef HJ_API_DATE_H
#define HJ_API_DATE_H

#include "base/text.h"

/* Seconds since 1970. False: it is no date. A year of two digits is one of 1970 to 2069. */
bool hj_http_date(hj_slice text, int64_t *out);

#endif

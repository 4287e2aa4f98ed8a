/*
 * Numbers of documents, whatever the locale says.
 */
#ifndef HJ_BASE_NUMBER_H
#define HJ_BASE_NUMBER_H

#include "base/text.h"

/*
 * The value of a JSON number's text: exact for integers below 2^53 and for what has at most 15 digits
 * and 22 decimal places, else right to 14 digits; too large is infinite, too small 0. False, and *out
 * left alone: the text is no JSON number.
 */
bool hj_number_parse(hj_slice text, double *out);

#endif

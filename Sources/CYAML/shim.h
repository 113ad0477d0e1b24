// What the YAML module needs from libyaml: its parser of events, as it is.

#ifndef PIPELINE_RETRYD_CYAML_SHIM_H
#define PIPELINE_RETRYD_CYAML_SHIM_H

#include <yaml.h>

#endif

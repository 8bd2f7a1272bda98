#include "transport/endpoint.hpp"

#include <iostream>

int main() { std::cout << "hello from ann\n"; }

package p
import 7
import fmt
import ("a"; 'b')

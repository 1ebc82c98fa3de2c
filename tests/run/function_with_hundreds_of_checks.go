// A frame of several pages, and more branches to failed checks than short branches reach.
package main

import "fmt"

//go:noinline
func checks(x, y []int) (sum int) {
	var big [512]int
	for i := range big {
		big[i] = i * x[i%len(x)]
	}
	var r []int
	r = append(r, x[0]+y[x[1]], x[2]*y[x[0]], y[x[5]]-x[0], big[x[0]])
	r = append(r, x[3]+y[x[8]], x[7]*y[x[11]], y[x[18]]-x[17], big[x[1]])
	r = append(r, x[6]+y[x[15]], x[12]*y[x[22]], y[x[31]]-x[34], big[x[2]])
	r = append(r, x[9]+y[x[22]], x[17]*y[x[33]], y[x[44]]-x[51], big[x[3]])
	r = append(r, x[12]+y[x[29]], x[22]*y[x[44]], y[x[57]]-x[4], big[x[4]])
	r = append(r, x[15]+y[x[36]], x[27]*y[x[55]], y[x[6]]-x[21], big[x[5]])
	r = append(r, x[18]+y[x[43]], x[32]*y[x[2]], y[x[19]]-x[38], big[x[6]])
	r = append(r, x[21]+y[x[50]], x[37]*y[x[13]], y[x[32]]-x[55], big[x[7]])
	r = append(r, x[24]+y[x[57]], x[42]*y[x[24]], y[x[45]]-x[8], big[x[8]])
	r = append(r, x[27]+y[x[0]], x[47]*y[x[35]], y[x[58]]-x[25], big[x[9]])
	r = append(r, x[30]+y[x[7]], x[52]*y[x[46]], y[x[7]]-x[42], big[x[10]])
	r = append(r, x[33]+y[x[14]], x[57]*y[x[57]], y[x[20]]-x[59], big[x[11]])
	r = append(r, x[36]+y[x[21]], x[62]*y[x[4]], y[x[33]]-x[12], big[x[12]])
	r = append(r, x[39]+y[x[28]], x[3]*y[x[15]], y[x[46]]-x[29], big[x[13]])
	r = append(r, x[42]+y[x[35]], x[8]*y[x[26]], y[x[59]]-x[46], big[x[14]])
	r = append(r, x[45]+y[x[42]], x[13]*y[x[37]], y[x[8]]-x[63], big[x[15]])
	r = append(r, x[48]+y[x[49]], x[18]*y[x[48]], y[x[21]]-x[16], big[x[16]])
	r = append(r, x[51]+y[x[56]], x[23]*y[x[59]], y[x[34]]-x[33], big[x[17]])
	r = append(r, x[54]+y[x[63]], x[28]*y[x[6]], y[x[47]]-x[50], big[x[18]])
	r = append(r, x[57]+y[x[6]], x[33]*y[x[17]], y[x[60]]-x[3], big[x[19]])
	r = append(r, x[60]+y[x[13]], x[38]*y[x[28]], y[x[9]]-x[20], big[x[20]])
	r = append(r, x[63]+y[x[20]], x[43]*y[x[39]], y[x[22]]-x[37], big[x[21]])
	r = append(r, x[2]+y[x[27]], x[48]*y[x[50]], y[x[35]]-x[54], big[x[22]])
	r = append(r, x[5]+y[x[34]], x[53]*y[x[61]], y[x[48]]-x[7], big[x[23]])
	r = append(r, x[8]+y[x[41]], x[58]*y[x[8]], y[x[61]]-x[24], big[x[24]])
	r = append(r, x[11]+y[x[48]], x[63]*y[x[19]], y[x[10]]-x[41], big[x[25]])
	r = append(r, x[14]+y[x[55]], x[4]*y[x[30]], y[x[23]]-x[58], big[x[26]])
	r = append(r, x[17]+y[x[62]], x[9]*y[x[41]], y[x[36]]-x[11], big[x[27]])
	r = append(r, x[20]+y[x[5]], x[14]*y[x[52]], y[x[49]]-x[28], big[x[28]])
	r = append(r, x[23]+y[x[12]], x[19]*y[x[63]], y[x[62]]-x[45], big[x[29]])
	r = append(r, x[26]+y[x[19]], x[24]*y[x[10]], y[x[11]]-x[62], big[x[30]])
	r = append(r, x[29]+y[x[26]], x[29]*y[x[21]], y[x[24]]-x[15], big[x[31]])
	r = append(r, x[32]+y[x[33]], x[34]*y[x[32]], y[x[37]]-x[32], big[x[32]])
	r = append(r, x[35]+y[x[40]], x[39]*y[x[43]], y[x[50]]-x[49], big[x[33]])
	r = append(r, x[38]+y[x[47]], x[44]*y[x[54]], y[x[63]]-x[2], big[x[34]])
	r = append(r, x[41]+y[x[54]], x[49]*y[x[1]], y[x[12]]-x[19], big[x[35]])
	r = append(r, x[44]+y[x[61]], x[54]*y[x[12]], y[x[25]]-x[36], big[x[36]])
	r = append(r, x[47]+y[x[4]], x[59]*y[x[23]], y[x[38]]-x[53], big[x[37]])
	r = append(r, x[50]+y[x[11]], x[0]*y[x[34]], y[x[51]]-x[6], big[x[38]])
	r = append(r, x[53]+y[x[18]], x[5]*y[x[45]], y[x[0]]-x[23], big[x[39]])
	r = append(r, x[56]+y[x[25]], x[10]*y[x[56]], y[x[13]]-x[40], big[x[40]])
	r = append(r, x[59]+y[x[32]], x[15]*y[x[3]], y[x[26]]-x[57], big[x[41]])
	r = append(r, x[62]+y[x[39]], x[20]*y[x[14]], y[x[39]]-x[10], big[x[42]])
	r = append(r, x[1]+y[x[46]], x[25]*y[x[25]], y[x[52]]-x[27], big[x[43]])
	r = append(r, x[4]+y[x[53]], x[30]*y[x[36]], y[x[1]]-x[44], big[x[44]])
	r = append(r, x[7]+y[x[60]], x[35]*y[x[47]], y[x[14]]-x[61], big[x[45]])
	r = append(r, x[10]+y[x[3]], x[40]*y[x[58]], y[x[27]]-x[14], big[x[46]])
	r = append(r, x[13]+y[x[10]], x[45]*y[x[5]], y[x[40]]-x[31], big[x[47]])
	r = append(r, x[16]+y[x[17]], x[50]*y[x[16]], y[x[53]]-x[48], big[x[48]])
	r = append(r, x[19]+y[x[24]], x[55]*y[x[27]], y[x[2]]-x[1], big[x[49]])
	r = append(r, x[22]+y[x[31]], x[60]*y[x[38]], y[x[15]]-x[18], big[x[50]])
	r = append(r, x[25]+y[x[38]], x[1]*y[x[49]], y[x[28]]-x[35], big[x[51]])
	r = append(r, x[28]+y[x[45]], x[6]*y[x[60]], y[x[41]]-x[52], big[x[52]])
	r = append(r, x[31]+y[x[52]], x[11]*y[x[7]], y[x[54]]-x[5], big[x[53]])
	r = append(r, x[34]+y[x[59]], x[16]*y[x[18]], y[x[3]]-x[22], big[x[54]])
	r = append(r, x[37]+y[x[2]], x[21]*y[x[29]], y[x[16]]-x[39], big[x[55]])
	r = append(r, x[40]+y[x[9]], x[26]*y[x[40]], y[x[29]]-x[56], big[x[56]])
	r = append(r, x[43]+y[x[16]], x[31]*y[x[51]], y[x[42]]-x[9], big[x[57]])
	r = append(r, x[46]+y[x[23]], x[36]*y[x[62]], y[x[55]]-x[26], big[x[58]])
	r = append(r, x[49]+y[x[30]], x[41]*y[x[9]], y[x[4]]-x[43], big[x[59]])
	r = append(r, x[52]+y[x[37]], x[46]*y[x[20]], y[x[17]]-x[60], big[x[60]])
	r = append(r, x[55]+y[x[44]], x[51]*y[x[31]], y[x[30]]-x[13], big[x[61]])
	r = append(r, x[58]+y[x[51]], x[56]*y[x[42]], y[x[43]]-x[30], big[x[62]])
	r = append(r, x[61]+y[x[58]], x[61]*y[x[53]], y[x[56]]-x[47], big[x[63]])
	for i, v := range r {
		sum = sum*31 + v*i + big[i%len(big)]
	}
	switch {
	case sum%3 == 0:
		sum += big[1]
		fmt.Println("three")
	case sum%5 == 0:
		sum -= big[5]
		fmt.Println("five")
	default:
		sum ^= big[3]
		fmt.Println("other")
	}
	return sum
}

func main() {
	x, y := make([]int, 64), make([]int, 64)
	for i := range x {
		x[i], y[i] = i, 3*i
	}
	fmt.Println(checks(x, y))
	defer func() { fmt.Println(recover()) }()
	x[40] = 64
	checks(x, y)
}

;; The inner loops of a weight update, four float32 at a time. JavaScript copies a piece of each array into this memory
;; and back out: the pieces fit the processor's cache, so the copies cost little next to reading the arrays at all.
;;
;; A piece is 4,096 elements, 16,384 bytes: weights, gradient, first moment, second moment lie one after the other.
;; `$end` is the byte behind the last element, a multiple of 16. `npm run build:kernels` makes vector-kernels.ts.
(module
  (memory (export "memory") 1)

  ;; g = gradientScale * gradient + coupledDecay * weight
  ;; first  = flush(beta1 * first  + newShare1 * g)
  ;; second = flush(beta2 * second + newShare2 * g * g)
  ;; weight = keep * weight - stepSize * first / (sqrt(second) + epsilon)
  ;;
  ;; flush(x) is 0 below the smallest normal float32 (NaN stays). Moments that decay further would stay denormal for
  ;; ever, since 0.9 times a few units of the last place rounds to itself, and processors compute with denormals a
  ;; hundred times slower.
  (func (export "adam") (param $end i32)
    (param $beta1 f32) (param $newShare1 f32) (param $beta2 f32) (param $newShare2 f32)
    (param $stepSize f32) (param $epsilon f32) (param $gradientScale f32) (param $coupledDecay f32) (param $keep f32)
    (local $i i32) (local $weight v128) (local $g v128) (local $first v128) (local $second v128)
    (local $beta1x4 v128) (local $newShare1x4 v128) (local $beta2x4 v128) (local $newShare2x4 v128)
    (local $stepSizex4 v128) (local $epsilonx4 v128) (local $gradientScalex4 v128) (local $coupledDecayx4 v128)
    (local $keepx4 v128) (local $tiny v128)
    (local.set $beta1x4 (f32x4.splat (local.get $beta1)))
    (local.set $newShare1x4 (f32x4.splat (local.get $newShare1)))
    (local.set $beta2x4 (f32x4.splat (local.get $beta2)))
    (local.set $newShare2x4 (f32x4.splat (local.get $newShare2)))
    (local.set $stepSizex4 (f32x4.splat (local.get $stepSize)))
    (local.set $epsilonx4 (f32x4.splat (local.get $epsilon)))
    (local.set $gradientScalex4 (f32x4.splat (local.get $gradientScale)))
    (local.set $coupledDecayx4 (f32x4.splat (local.get $coupledDecay)))
    (local.set $keepx4 (f32x4.splat (local.get $keep)))
    (local.set $tiny (f32x4.splat (f32.const 1.17549435e-38)))
    (loop $next
      (local.set $weight (v128.load (local.get $i)))
      (local.set $g
        (f32x4.add
          (f32x4.mul (local.get $gradientScalex4) (v128.load offset=16384 (local.get $i)))
          (f32x4.mul (local.get $coupledDecayx4) (local.get $weight))))
      (local.set $first
        (f32x4.add
          (f32x4.mul (local.get $beta1x4) (v128.load offset=32768 (local.get $i)))
          (f32x4.mul (local.get $newShare1x4) (local.get $g))))
      (local.set $first
        (v128.andnot (local.get $first) (f32x4.lt (f32x4.abs (local.get $first)) (local.get $tiny))))
      (local.set $second
        (f32x4.add
          (f32x4.mul (local.get $beta2x4) (v128.load offset=49152 (local.get $i)))
          (f32x4.mul (local.get $newShare2x4) (f32x4.mul (local.get $g) (local.get $g)))))
      (local.set $second
        (v128.andnot (local.get $second) (f32x4.lt (local.get $second) (local.get $tiny))))
      (v128.store offset=32768 (local.get $i) (local.get $first))
      (v128.store offset=49152 (local.get $i) (local.get $second))
      (v128.store (local.get $i)
        (f32x4.sub
          (f32x4.mul (local.get $keepx4) (local.get $weight))
          (f32x4.div
            (f32x4.mul (local.get $stepSizex4) (local.get $first))
            (f32x4.add (f32x4.sqrt (local.get $second)) (local.get $epsilonx4)))))
      (br_if $next
        (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 16))) (local.get $end)))))

  ;; The sum of the squares of the first piece, in float64.
  (func (export "sumOfSquares") (param $end i32) (result f64)
    (local $i i32) (local $x v128) (local $low v128) (local $high v128) (local $sum v128)
    (local $sumHigh v128)
    (loop $next
      (local.set $x (v128.load (local.get $i)))
      (local.set $low (f64x2.promote_low_f32x4 (local.get $x)))
      (local.set $high
        (f64x2.promote_low_f32x4
          (i8x16.shuffle 8 9 10 11 12 13 14 15 8 9 10 11 12 13 14 15 (local.get $x) (local.get $x))))
      (local.set $sum (f64x2.add (local.get $sum) (f64x2.mul (local.get $low) (local.get $low))))
      (local.set $sumHigh (f64x2.add (local.get $sumHigh) (f64x2.mul (local.get $high) (local.get $high))))
      (br_if $next
        (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 16))) (local.get $end))))
    (local.set $sum (f64x2.add (local.get $sum) (local.get $sumHigh)))
    (f64.add (f64x2.extract_lane 0 (local.get $sum)) (f64x2.extract_lane 1 (local.get $sum))))
)

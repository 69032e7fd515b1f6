/** What the parts of a deployment cost. A unit is the capacity of one worker, a machine does the work of one unit. */
export interface Prices {
  readonly currency: string;
  /** One unit, paid for the whole month in advance, used or not. */
  readonly reservedUnitMonth: number;
  /** One unit for one second, paid only while it runs. */
  readonly onDemandUnitSecond: number;
  /** What one would rent instead: a machine for a month, and the load balancer before the machines. */
  readonly machineMonth: number;
  readonly loadBalancerMonth: number;
}

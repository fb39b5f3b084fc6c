using System.Runtime.InteropServices;

namespace Granary.Data.Funding;

/// <summary>A funding of a perpetual future, or a mark price between two of them.</summary>
/// <param name="Time">UTC ticks, a whole minute.</param>
/// <param name="Rate">Fraction per period, as exchanges publish it; NaN if the row has only a mark price.</param>
/// <param name="Mark">Mark price, quote currency; NaN if unknown.</param>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct FundingRow(long Time, double Rate, double Mark);

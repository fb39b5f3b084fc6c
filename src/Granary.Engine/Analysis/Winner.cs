namespace Granary.Engine.Analysis;

/// <summary>The rule <c>winners</c>: a strategy, or a group of a walk-forward, with a return above zero.</summary>
/// <remarks>
/// A return is above zero exactly where the end exceeds a start above zero, also in floating point: the quotient of two different numbers
/// is never rounded to 1 from above. Statistics without a trace and a trace without statistics so name the same winners.
/// </remarks>
internal static class Winner
{
    /// <param name="totalReturn">A fraction; NaN is no winner's.</param>
    public static bool Is(double totalReturn) => totalReturn > 0;

    /// <param name="start">Equity before the first period; an account that had lost everything wins nothing afterwards.</param>
    /// <param name="end">Equity at the end of the last period.</param>
    public static bool Is(double start, double end) => start > 0 && Is(end / start - 1);
}

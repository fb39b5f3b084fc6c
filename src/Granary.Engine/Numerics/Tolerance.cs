namespace Granary.Engine.Numerics;

/// <summary>
/// The largest differences that rounding makes, each as a part of the amount that is compared. One operation on doubles makes 1.1e-16.
/// </summary>
/// <remarks>
/// <see cref="Variation"/> says whether values vary at all. The end of an iteration, the pivot of a matrix and the smallest gain of a split
/// belong to their method and stand there.
/// </remarks>
internal static class Tolerance
{
    /// <summary>
    /// 1e-9 of a quantity: what sums of fills, parts and splits leave open. Venues round quantities to eight digits or more, and no order
    /// is for a billionth of a position.
    /// </summary>
    public const double Quantity = 1e-9;

    /// <summary>
    /// 1e-9 of an account: sums of cash, profits, fees and values of positions that are added in a different order. A hundredth of a cent
    /// of 100,000.
    /// </summary>
    public const double Amount = 1e-9;

    /// <summary>1e-9 of a share of 1: shares and weights that are written with a few digits, such as three times 0.333333333.</summary>
    public const double Share = 1e-9;

    /// <summary>1e-9 of a number that a different program has computed and written, such as an adjusted price or a margin.</summary>
    public const double Written = 1e-9;

    /// <summary>1e-9 of a step: a place on a grid that is this close to a line is on it.</summary>
    public const double Step = 1e-9;

    /// <summary>
    /// 1e-9 of a deviation, or of a mean: series that differ by less are the same, and a measure that varies less is constant.
    /// </summary>
    public const double Deviation = 1e-9;

    /// <summary>1e-10 of 1: returns at other prices, or of accounts of other sizes, whose quotients are rounded differently.</summary>
    public const double Return = 1e-10;

    /// <summary>
    /// 1e-12: a few products, quotients and sums of the same numbers. 0.3 / 0.1 is three lots, 0.1 · 100.1 is a value of 10.01, and a size
    /// that spends all the cash costs no more than it.
    /// </summary>
    public const double Arithmetic = 1e-12;

    /// <summary>1e-13 of the sum of squares: a variance that is the difference of two such sums over thousands of terms.</summary>
    public const double SumOfSquares = 1e-13;

    /// <summary>
    /// 1e-14 of a level: a percentage of a price has the errors of three operations, an adjusted price those of three more, an average
    /// price of partial fills those of a few fills. A tick of any market is larger.
    /// </summary>
    public const double Level = 1e-14;
}

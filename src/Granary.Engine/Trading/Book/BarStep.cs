namespace Granary.Engine.Trading.Book;

/// <summary>
/// Part of a bar that is checked for fills: the whole bar, one of its smaller bars (1, 2, …), or the range beyond all of them.
/// </summary>
internal static class BarStep
{
    public const int WholeBar = 0;

    /// <summary>Prices of the bar that none of its smaller bars has.</summary>
    public const int Beyond = -1;
}

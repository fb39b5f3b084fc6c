namespace Granary.Engine.Trading.Book;

/// <summary>Which part of a bar is being tried for fills: the whole bar, one of its smaller bars (1, 2, …), or what lies beyond all of
/// them.</summary>
internal static class BarStep
{
    public const int WholeBar = 0;

    /// <summary>Prices that the bar has and its smaller bars do not.</summary>
    public const int Beyond = -1;
}

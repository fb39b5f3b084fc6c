namespace Granary.Engine.Portfolio;

/// <summary>A trade's key within a portfolio: the strategy in the upper 32 bits, the trade's number in the lower.</summary>
internal static class TradeKey
{
    public static long Of(int member, int number) => (long)member << 32 | (uint)number;

    public static int Member(long key) => (int)(key >> 32);

    public static int Number(long key) => (int)key;
}

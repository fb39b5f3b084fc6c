namespace Granary.Engine.Trading;

/// <summary>The direction of an order or trade; the value is its sign.</summary>
public enum Side : sbyte
{
    Buy = 1,
    Sell = -1,
}

/// <summary>Directions that a strategy may trade.</summary>
[Flags]
public enum Sides : byte
{
    Long = 1,
    Short = 2,
    Both = 3,
}

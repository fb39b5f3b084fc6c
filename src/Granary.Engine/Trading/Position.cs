namespace Granary.Engine.Trading;

/// <summary>Net position in one instrument.</summary>
/// <param name="SignedQuantity">Base units; negative is short.</param>
/// <param name="AveragePrice">Average entry price of the position; 0 while flat.</param>
public readonly record struct Position(double SignedQuantity, double AveragePrice)
{
    /// <summary>Returns the position after a fill, and the realised profit before fees.</summary>
    /// <param name="signed">Base units, negative for a sale.</param>
    public (Position Next, double Realised) Apply(double signed, double price)
    {
        if (SignedQuantity == 0 || Math.Sign(signed) == Math.Sign(SignedQuantity))
        {
            var total = SignedQuantity + signed;
            return (new Position(total, (SignedQuantity * AveragePrice + signed * price) / total), 0);
        }
        var closed = Math.Min(Math.Abs(signed), Math.Abs(SignedQuantity)) * Math.Sign(SignedQuantity);
        var realised = closed * (price - AveragePrice);
        var left = SignedQuantity + signed;
        if (left == 0) return (default, realised);
        return (new Position(left, Math.Sign(left) == Math.Sign(SignedQuantity) ? AveragePrice : price), realised);
    }
}

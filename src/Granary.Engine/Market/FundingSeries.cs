namespace Granary.Engine.Market;

/// <summary>
/// The funding of a perpetual future: at each time, a long position pays its value times the rate, and a short position receives it. With a
/// negative rate, short positions pay.
/// </summary>
/// <param name="times">UTC ticks, strictly increasing.</param>
/// <param name="rates">Fractions per period, as exchanges publish them: 0.0001 is 0.01 %.</param>
/// <param name="marks">Mark prices at these times, quote currency; NaN where unknown.</param>
/// <param name="hash">Hash of the content, in hexadecimal digits.</param>
public sealed class FundingSeries(long[] times, double[] rates, double[] marks, string hash)
{
    public static FundingSeries None { get; } = new([], [], [], "");

    public int Count => times.Length;

    public string Hash => hash;

    public ReadOnlySpan<long> Times => times;

    public ReadOnlySpan<double> Rates => rates;

    public ReadOnlySpan<double> Marks => marks;

    /// <summary>Returns the amount that a position receives per unit of quantity; negative if it pays.</summary>
    /// <param name="price">The last known price, which counts where the series has no mark price.</param>
    /// <param name="multiplier">Currency units per unit of price and quantity.</param>
    public double Amount(int index, bool isLong, double price, double multiplier)
    {
        var mark = double.IsNaN(marks[index]) ? price : marks[index];
        var amount = multiplier * mark * rates[index];
        return isLong ? -amount : amount;
    }
}

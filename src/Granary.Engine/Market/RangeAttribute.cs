namespace Granary.Engine.Market;

/// <summary>The least and greatest value of a parameter of a strategy or factor, both allowed.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class RangeAttribute(double minimum, double maximum) : Attribute
{
    public double Minimum { get; } = minimum;

    public double Maximum { get; } = maximum;
}

using System.Globalization;
using Granary.Engine;
using Granary.Engine.Strategies;
using Granary.Learning.Search;
using Granary.Reporting.Runs;
using Granary.Simulation.Keys;

namespace Granary.Simulation.Batches;

/// <summary>The targets of a dimension of a search.</summary>
internal enum SearchTarget
{
    /// <summary>A parameter of the strategy's class.</summary>
    Parameter,

    /// <summary>A key of the strategy, such as <c>stopLossPercent</c>.</summary>
    Trading,

    /// <summary>The symbol.</summary>
    Symbol,

    /// <summary>The timeframe.</summary>
    Timeframe,
}

/// <summary>A parameter or key of a strategy with the values that its search may give it.</summary>
/// <param name="Target">What it sets.</param>
/// <param name="Index">Of a parameter: its position in the class.</param>
/// <param name="Dimension">The dimension of the method's space.</param>
internal sealed record SearchDimension(SearchTarget Target, int Index, Dimension Dimension)
{
    public string Name => Dimension.Name;

    /// <summary>The values of choices; null for a range.</summary>
    public IReadOnlyList<object?>? Choices { get; init; }

    /// <summary>The key of the strategy that it sets; null for others.</summary>
    internal RecordKey? Key { get; init; }

    /// <summary>First value and distance of a grid of real numbers, whose dimension counts steps; null for others.</summary>
    public (decimal From, decimal Step)? Grid { get; init; }

    /// <summary>Whether its values are integers that a parameter or key takes as such.</summary>
    public bool IsWhole { get; init; }

    /// <summary>Returns the value of a coordinate, as the parameter or key takes it.</summary>
    public object? ValueOf(double coordinate)
    {
        if (Choices is { } choices) return choices[(int)coordinate];
        if (Grid is { } grid) return (double)(grid.From + (decimal)coordinate * grid.Step);
        return IsWhole ? checked((int)coordinate) : (object)coordinate;
    }

    /// <summary>Returns the value as results show it: a number, true or false, or a text.</summary>
    public object ShownOf(double coordinate) => ValueOf(coordinate) switch
    {
        null => "",
        bool or int or double or string => ValueOf(coordinate)!,
        _ => ((ChoiceDimension)Dimension).Values[(int)coordinate],
    };

    /// <summary>Returns the coordinate of a value, as <see cref="ShownOf"/> returns it or a file has it.</summary>
    /// <exception cref="InputException">The dimension has no such value.</exception>
    public double CoordinateOf(object value)
    {
        if (Choices is { } choices)
        {
            for (var c = 0; c < choices.Count; c++)
                if (TextOfShown(ShownOf(c)) == TextOfShown(value)) return c;
        }
        else if (value is int or long or double)
        {
            var number = Convert.ToDouble(value, CultureInfo.InvariantCulture);
            return Grid is { } grid ? (double)Math.Round(((decimal)number - grid.From) / grid.Step) : number;
        }
        throw new InputException($"'{value}' is no value of '{Name}'");
    }

    // A number has one text whatever its type.
    private static string TextOfShown(object value) => value switch
    {
        int or long or double => Convert.ToDouble(value, CultureInfo.InvariantCulture).ToString("R", CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    /// <summary>Returns the value as a number; NaN for a text.</summary>
    public double NumberOf(double coordinate) => ValueOf(coordinate) is { } value and (int or long or double)
        ? Convert.ToDouble(value, CultureInfo.InvariantCulture) : double.NaN;

    /// <summary>Describes it for the results.</summary>
    public SearchedParameter ToResults() => Dimension switch
    {
        IntegerDimension whole => new SearchedParameter(Name, NumberOf(whole.From), NumberOf(whole.To), whole.Log, null),
        RealDimension real => new SearchedParameter(Name, real.From, real.To, real.Log, null),
        _ => new SearchedParameter(Name, null, null, false, ((ChoiceDimension)Dimension).Values),
    };

    /// <summary>The text of a choice.</summary>
    internal static string TextOf(object value) => StrategyDefinition.TextOf(value);
}

using Granary.Engine.Market;
using Granary.Engine.Trading;

namespace Granary.Engine.Strategies;

/// <summary>
/// The name of one strategy run, stable over runs and hosts: <c>Class(a=1,b=2)@SYMBOL:TF[:side]</c>, with several symbols
/// <c>@SYM1+SYM2:TF</c>.
/// </summary>
public static class StrategyId
{
    /// <param name="symbols">In the order in which the strategy gets them.</param>
    public static string Of(StrategyDefinition definition, IReadOnlyList<object> arguments, IReadOnlyList<string> symbols,
        Timeframe timeframe, Sides sides = Sides.Both) =>
        Of(definition.Text(arguments), symbols, timeframe, sides);

    /// <param name="text">The text from <see cref="StrategyDefinition.Text"/>.</param>
    /// <param name="symbols">In the order in which the strategy gets them.</param>
    /// <param name="sides">Both sides are not spelled out.</param>
    public static string Of(string text, IReadOnlyList<string> symbols, Timeframe timeframe, Sides sides = Sides.Both)
    {
        var side = sides switch { Sides.Long => ":long", Sides.Short => ":short", _ => "" };
        return $"{text}@{string.Join('+', symbols)}:{timeframe}{side}";
    }
}

using Granary.Engine.Market;
using Granary.Engine.Strategies;
using Granary.Engine.Strategies.Library;
using Granary.Engine.Trading;

namespace Granary.Engine.Tests.Strategies;

public sealed class StrategyCatalogueTests
{
    private static Dictionary<string, object> Named(params (string, object)[] values) => values.ToDictionary(v => v.Item1, v => v.Item2);

    [Fact]
    public void A_strategy_is_found_by_its_class_name_with_its_parameters_defaults_and_ranges()
    {
        var sma = StrategyCatalogue.BuiltIn.Get("SmaCross");

        sma.Parameters.Select(p => p.Name).ShouldBe(["fast", "slow"]);
        sma.Parameters[0].Default.ShouldBe(10);
        sma.Parameters[0].Minimum.ShouldBe(1);
        sma.Parameters[0].Maximum.ShouldBe(2000);
        sma.Create(Named()).ShouldBeOfType<SmaCross>();
    }

    [Fact]
    public void An_unknown_class_is_answered_with_the_nearest() =>
        Should.Throw<InputException>(() =>
            StrategyCatalogue.BuiltIn.Get("SmaCros")).Message.ShouldBe("there is no strategy 'SmaCros'; did you mean 'SmaCross'?");

    [Fact]
    public void An_unknown_parameter_is_answered_with_the_nearest() =>
        Should.Throw<InputException>(() => StrategyCatalogue.BuiltIn.Get("RsiReversion").Bind(Named(("perod", 3))))
            .Message.ShouldBe("RsiReversion has no parameter 'perod'; did you mean 'period'?");

    [Theory]
    [InlineData(0, "SmaCross: fast = 0 is out of range: 1 … 2000")]
    [InlineData(2.5, "SmaCross: fast = 2.5: a whole number is needed")]
    [InlineData("ten", "SmaCross: fast = ten: a whole number is needed")]
    [InlineData(double.NaN, "SmaCross: fast = NaN: a whole number is needed")]
    public void A_wrong_value_is_refused_in_one_sentence(object value, string sentence) =>
        Should.Throw<InputException>(() =>
            StrategyCatalogue.BuiltIn.Get("SmaCross").Bind(Named(("fast", value)))).Message.ShouldBe(sentence);

    [Fact]
    public void Values_that_are_wrong_only_together_are_refused_with_the_strategy_s_own_words() =>
        Should.Throw<InputException>(() => StrategyCatalogue.BuiltIn.Get("RsiReversion").Create(Named(("low", 70), ("high", 30))))
            .Message.ShouldBe("RsiReversion(period=14,low=70,high=30): low has to be below high");

    [Fact]
    public void An_id_names_every_parameter_in_the_constructor_s_order_and_reads_back_as_the_same_numbers()
    {
        var bollinger = StrategyCatalogue.BuiltIn.Get("BollingerReversion");
        var arguments = bollinger.Bind(Named(("width", "2.10"), ("period", 20L)));

        StrategyId.Of(bollinger, arguments, ["BTCUSDT"], Timeframe.H1).ShouldBe("BollingerReversion(period=20,width=2.1)@BTCUSDT:1h");
        StrategyId.Of(bollinger, arguments, ["A", "B"], Timeframe.D1, Sides.Short)
            .ShouldBe("BollingerReversion(period=20,width=2.1)@A+B:1d:short");
    }

    [Fact]
    public void Every_strategy_says_what_it_does_where_it_works_and_where_it_loses()
    {
        StrategyCatalogue.BuiltIn.All.Count.ShouldBeGreaterThanOrEqualTo(9);
        foreach (var definition in StrategyCatalogue.BuiltIn.All.Where(d => d.Type.Assembly == typeof(Strategy).Assembly))
        {
            definition.Summary.ShouldEndWith(".", customMessage: definition.Name);
            definition.WorksIn.ShouldEndWith(".", customMessage: definition.Name);
            definition.LosesIn.ShouldEndWith(".", customMessage: definition.Name);
            foreach (var parameter in definition.Parameters)
            {
                parameter.Default.ShouldNotBeNull($"{definition.Name}.{parameter.Name}");
                if (!parameter.IsNumber) continue;
                parameter.Minimum.ShouldBeGreaterThan(double.NegativeInfinity, $"{definition.Name}.{parameter.Name}");
                parameter.Maximum.ShouldBeLessThan(double.PositiveInfinity, $"{definition.Name}.{parameter.Name}");
            }
        }
    }
}

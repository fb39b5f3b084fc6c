using Granary.Data.Formats;
using Granary.Engine.Factors;
using Granary.Engine.Market;
using Granary.Engine.Strategies;
using Granary.Engine.Trading;
using Granary.Testing.Factors;
using Granary.Testing.Formats;
using Granary.Testing.Strategies;
using Xunit.Sdk;

namespace Granary.Simulation.Tests.Contracts;

/// <summary>The contract tests for plug-ins find the faults that they are for.</summary>
public sealed class ContractTestsTests
{
    [Fact]
    public void A_factor_that_knows_the_end_of_its_block_is_found()
    {
        var tests = new OfFactor(() => new BlockMaximum());

        Should.Throw<XunitException>(() => tests.Its_values_do_not_depend_on_the_length_of_the_blocks(7));
        Should.Throw<XunitException>(() => tests.Later_bars_change_no_earlier_value(400));
    }

    [Fact]
    public void A_factor_with_a_value_too_early_or_with_memory_at_each_bar_is_found()
    {
        var tests = new OfFactor(() => new Wasteful());

        Should.Throw<XunitException>(tests.It_has_no_value_before_the_bar_that_it_declares);
        Should.Throw<XunitException>(tests.It_allocates_no_memory_at_a_bar);
    }

    [Fact]
    public void A_strategy_that_keeps_state_of_another_run_or_never_trades_is_found()
    {
        var calls = 0;
        var forgetful = new OfStrategy(() => new EveryNthBar(10 + 3 * calls++));

        Should.Throw<XunitException>(() => forgetful.Its_results_do_not_depend_on_the_length_of_the_blocks(100));
        Should.Throw<XunitException>(() => forgetful.Later_bars_change_no_earlier_signal_or_trade(0.7));
        Should.Throw<XunitException>(new OfStrategy(() => new EveryNthBar(1_000_000)).It_trades_in_its_market);
    }

    [Fact]
    public async Task A_format_whose_bars_are_others_is_found()
    {
        using var tests = new OfFormat();

        await Should.ThrowAsync<XunitException>(tests.Its_file_gives_its_bars);
        await Should.ThrowAsync<XunitException>(tests.A_file_that_ends_within_a_row_gives_bars_of_the_file_or_one_sentence);
    }

    private sealed class OfFactor(Func<FactorKernel> create) : FactorContractTests
    {
        protected override FactorKernel Create() => create();
    }

    private sealed class OfStrategy(Func<Strategy> create) : StrategyContractTests
    {
        protected override Strategy Create() => create();
    }

    private sealed class OfFormat : FormatContractTests
    {
        protected override BarFormat Format { get; } = BarFormatCatalogue.BuiltIn.Get("generic");

        protected override string Text => "time,open,high,low,close,volume\n2024-01-02,1,2,1,2,5\n2024-01-03,2,3,1,2,5\n2024-01-04,2,3,1,2,5\n";

        protected override IReadOnlyList<Bar> Bars { get; } =
        [
            .. Enumerable.Range(2, 3).Select(day => new Bar(new DateTime(2024, 1, day).Ticks, 9, 9, 9, 9, 9)),
        ];
    }

    private sealed class BlockMaximum : FactorKernel
    {
        public override int WarmUp => 1;

        public override void Process(in FactorInput bars, in FactorOutput lines)
        {
            var highest = double.MinValue;
            foreach (var high in bars.High) highest = Math.Max(highest, high);
            lines[0].Fill(highest);
        }
    }

    private sealed class Wasteful : FactorKernel
    {
        public override int WarmUp => 5;

        public override void Process(in FactorInput bars, in FactorOutput lines) => bars.Close.ToArray().CopyTo(lines[0]);
    }

    private sealed class EveryNthBar(int n) : Strategy
    {
        private long _bars;

        public override void OnBar(StrategyContext context)
        {
            _bars++;
            if (_bars % n == 0) context.Enter(Side.Buy);
            else if (_bars % n == n / 2) context.Exit(Side.Buy);
        }
    }
}

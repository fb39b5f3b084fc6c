using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Trading;

namespace Granary.Engine.Tests.Trading;

public sealed class SignalEndsTests
{
    [Fact]
    public void Each_reason_has_a_count_of_its_own()
    {
        var all = new SignalEnds();
        foreach (var end in Enum.GetValues<SignalEnd>())
        {
            var one = new SignalEnds().Plus(end);
            (one[end], one.Total).ShouldBe((1, 1));
            all = all + one + one;
        }
        all.ToArray().ShouldBe(Enumerable.Repeat(2, Enum.GetValues<SignalEnd>().Length));
        new SignalEnds(all.ToArray()).ShouldBe(all);
        all.Plus(SignalEnd.Expired).ShouldNotBe(all);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(99)]
    public void Counts_of_other_reasons_are_refused(int length) =>
        Should.Throw<ArgumentException>(() => new SignalEnds(new int[length])).Message
            .ShouldContain($"there are {length} counts of ended signals, and this version knows");

    [Fact]
    public void Each_decision_end_and_exit_is_defined_and_no_word_stands_for_two()
    {
        Check(Enum.GetValues<SignalEnd>(), e => (e.Word(), e.Title(), e.Sentence()));
        Check([.. Decision.All], d => (d.Word, d.Title, d.Sentence));
        Check(Enum.GetValues<ExitReason>(), r => (r.Word(), r.Title(), r.Sentence()));
        Enum.GetValues<SignalEnd>().ShouldAllBe(e => e.Counted().Length > 0 && e.IsRefusal() == e.Refusal().Length > 0);
        // The number of a value is in digests.
        Enum.GetValues<SignalEnd>()[..6].ShouldBe([SignalEnd.Expired, SignalEnd.Cancelled, SignalEnd.NoCash, SignalEnd.NoQuantity,
            SignalEnd.NoStop, SignalEnd.Unfilled]);
    }

    private static void Check<T>(T[] values, Func<T, (string Word, string Title, string Sentence)> text)
    {
        values.Select(v => text(v).Word).ShouldBeUnique();
        foreach (var value in values)
        {
            var (word, title, sentence) = text(value);
            word.ShouldMatch("^[a-z]+(-[a-z]+)*$");
            title.Length.ShouldBeGreaterThan(3, word);
            sentence.ShouldEndWith(".");
        }
    }
}

using Granary.Engine.Catalogues;

namespace Granary.Engine.Tests.Catalogues;

public sealed class CatalogueTests
{
    private static CatalogueBuilder<int> Numbers() => new CatalogueBuilder<int>("number").Add("two", 2, "A.Two").Add("one", 1, "A.One");

    [Fact]
    public void Entries_are_found_by_their_exact_name_and_listed_in_alphabetical_order()
    {
        var catalogue = Numbers().Build();

        catalogue.Get("two").ShouldBe(2);
        catalogue.Names.ShouldBe(["one", "two"]);
        catalogue.All.ShouldBe([1, 2]);
        catalogue.TryGet("Two", out _).ShouldBeFalse();
    }

    [Theory]
    [InlineData("one")]
    [InlineData("ONE")]
    public void A_second_entry_of_a_name_is_refused_with_both_origins(string name) =>
        Should.Throw<ArgumentException>(() => Numbers().Add(name, 3, "B.One of /plug-ins/b.dll")).Message
            .ShouldBe($"the number name '{name}' of B.One of /plug-ins/b.dll is taken by A.One");

    [Fact]
    public void An_unknown_name_gets_the_nearest_one_or_the_list()
    {
        var catalogue = Numbers().Build();

        Should.Throw<InputException>(() => catalogue.Get("onne")).Message.ShouldBe("there is no number 'onne'; did you mean 'one'?");
        Should.Throw<InputException>(() =>
            catalogue.Get("seventeen")).Message.ShouldBe("there is no number 'seventeen'; use one of one, two");
    }

    [Fact]
    public void A_catalogue_does_not_change_when_its_builder_goes_on()
    {
        var builder = Numbers();
        var before = builder.Build();

        builder.Add("three", 3, "A.Three");

        before.Contains("three").ShouldBeFalse();
        builder.Build().Contains("three").ShouldBeTrue();
    }
}

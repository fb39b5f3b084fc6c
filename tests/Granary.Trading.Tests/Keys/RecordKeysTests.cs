using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Granary.Engine;
using Granary.Engine.Catalogues;
using Granary.Simulation.Json;
using Granary.Simulation.Keys;
using Granary.Storage.Addresses;
using Granary.Trading.Live;

namespace Granary.Trading.Tests.Keys;

/// <summary>The keys of a record, read from JSON and from text.</summary>
public sealed class RecordKeysTests
{
    public record Base
    {
        [Key("the feed")]
        public required string Feed { get; init; }

        [Key("the longest wait")]
        public string MaxGap { get; init; } = "1s";

        public string NotAnOption { get; init; } = "";
    }

    public sealed record Derived : Base
    {
        [Key("how many")]
        public int Count { get; init; } = 3;

        [Key("whether")]
        public bool WithAll { get; init; }

        [Key("the first bar"), JsonConverter(typeof(UtcTicks)), JsonPropertyName("from")]
        public long? Start { get; init; }

        [Key("the seed")]
        public long Seed { get; init; } = 1;

        [Key("the share")]
        public double Share { get; init; } = 0.5;
    }

    private static Derived Read(string json) => RecordKeys<Derived>.Read(JsonPart.Parse("body", Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void The_properties_with_a_description_are_the_options_with_their_names_and_defaults()
    {
        RecordKeys<Derived>.All.Select(o => (o.Name, o.Flag, o.Help, o.IsRequired, o.Default)).ShouldBe(
        [
            ("feed", "--feed", "the feed", true, null), ("maxGap", "--max-gap", "the longest wait", false, "1s"),
            ("count", "--count", "how many", false, 3), ("withAll", "--with-all", "whether", false, false),
            ("from", "--from", "the first bar", false, null), ("seed", "--seed", "the seed", false, 1L),
            ("share", "--share", "the share", false, 0.5),
        ]);
    }

    [Fact]
    public void A_JSON_object_sets_the_options_that_it_names()
    {
        Read("""{ "feed": "csv:d", "withAll": true, "from": "2024-01-31" }""").ShouldBe(
            new Derived { Feed = "csv:d", WithAll = true, Start = new DateTime(2024, 1, 31).Ticks });
        Read("""{ "feed": "csv:d", "count": 7, "maxGap": null, "from": "2024-01-31T14:30:00+02:00", "seed": 9, "share": 0.7 }""").ShouldBe(
            new Derived { Feed = "csv:d", Count = 7, Start = new DateTime(2024, 1, 31, 12, 30, 0).Ticks, Seed = 9, Share = 0.7 });
    }

    [Theory]
    [InlineData("{ }", "body, line 1: 'feed' is missing")]
    [InlineData("""{ "feed": "d", "maxgap": "2s" }""", "body, line 1, maxgap: there is no key 'maxgap'; did you mean 'maxGap'?")]
    [InlineData("""{ "feed": 7 }""", "body, line 1, feed: a text in quotes is needed, not a number")]
    [InlineData("""{ "feed": "d", "from": "soon" }""",
        "body, line 1, from: 'soon' is not a date; write it as 2024-01-31 or 2024-01-31T14:30:00Z")]
    public void A_wrong_object_is_refused_with_its_place(string json, string sentence) =>
        Should.Throw<InputException>(() => Read(json)).Message.ShouldBe(sentence);

    [Theory]
    [InlineData("count", "many", "--count many: a whole number is needed")]
    [InlineData("withAll", "yes", "--with-all yes: use true or false")]
    [InlineData("share", "half", "--share half: a number is needed")]
    [InlineData("from", "soon", "--from soon is not a date; write it as 2024-01-31 or 2024-01-31T14:30:00Z")]
    public void A_wrong_text_is_refused_with_the_option_and_the_remedy(string key, string text, string sentence)
    {
        var option = RecordKeys<Derived>.All.Single(o => o.Name == key);
        Should.Throw<InputException>(() => option.Read(option.Flag, text)).Message.ShouldBe(sentence);
    }

    [Fact]
    public void Every_option_of_a_session_survives_the_JSON_that_session_files_and_grains_keep()
    {
        var all = RecordKeys<SessionOptions>.Create(o => o.Type == typeof(bool) ? true : o.Type == typeof(int) ? 7
            : o.Type == typeof(long) ? 638_000_000_000_000_000L : o.Type == typeof(Address) ? Address.OfKept("/text of " + o.Name)
            : "text of " + o.Name);
        var json = JsonSerializer.SerializeToElement(all, SessionControl.Json);
        foreach (var option in RecordKeys<SessionOptions>.All)
            json.GetProperty(option.Name).ToString().ShouldBeOneOf("True", "7", "2022-09-28T22:13:20.0000000Z", "text of " + option.Name,
                "/text of " + option.Name);
        JsonSerializer.Deserialize<SessionOptions>(JsonSerializer.SerializeToUtf8Bytes(all, SessionControl.Json), SessionControl.Json)
            .ShouldBe(all);
    }
}

using System.ComponentModel;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Granary.Simulation.Json;
using Granary.Simulation.Options;
using Granary.Storage.Addresses;
using Granary.Trading.Live;

namespace Granary.Backtesting.Tests.Options;

/// <summary>The options of a record, read from JSON and from text.</summary>
public sealed class RecordOptionsTests
{
    public record Base
    {
        [Description("the feed")]
        public required string Feed { get; init; }

        [Description("the longest wait")]
        public string MaxGap { get; init; } = "1s";

        public string NotAnOption { get; init; } = "";
    }

    public sealed record Derived : Base
    {
        [Description("how many")]
        public int Count { get; init; } = 3;

        [Description("whether")]
        public bool WithAll { get; init; }

        [Description("the first bar"), JsonConverter(typeof(UtcTicks)), JsonPropertyName("from")]
        public long? Start { get; init; }

        [Description("the seed")]
        public long Seed { get; init; } = 1;

        [Description("the share")]
        public double Share { get; init; } = 0.5;
    }

    private static Derived Read(string json) => RecordOptions<Derived>.Read(JsonPart.Parse("body", Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void The_properties_with_a_description_are_the_options_with_their_names_and_defaults()
    {
        RecordOptions<Derived>.All.Select(o => (o.Key, o.Name, o.Help, o.IsRequired, o.Default)).ShouldBe(
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
        var option = RecordOptions<Derived>.All.Single(o => o.Key == key);
        Should.Throw<InputException>(() => option.Read(option.Name, text)).Message.ShouldBe(sentence);
    }

    [Fact]
    public void Every_option_of_a_session_survives_the_JSON_that_session_files_and_grains_keep()
    {
        var all = RecordOptions<SessionOptions>.Create(o => o.Type == typeof(bool) ? true : o.Type == typeof(int) ? 7
            : o.Type == typeof(long) ? 638_000_000_000_000_000L : o.Type == typeof(Address) ? Address.Parse("/text of " + o.Key)
            : "text of " + o.Key);
        var json = JsonSerializer.SerializeToElement(all, SessionControl.Json);
        foreach (var option in RecordOptions<SessionOptions>.All)
            json.GetProperty(option.Key).ToString().ShouldBeOneOf("True", "7", "2022-09-28T22:13:20.0000000Z", "text of " + option.Key,
                "/text of " + option.Key);
        JsonSerializer.Deserialize<SessionOptions>(JsonSerializer.SerializeToUtf8Bytes(all, SessionControl.Json), SessionControl.Json)
            .ShouldBe(all);
    }
}

using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Granary.Engine.Market;
using Granary.Learning.Features;
using Granary.Learning.Gating;
using Granary.Learning.Registry;
using Granary.Learning.Trainers;
using Granary.Learning.Watching;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Models;
using Granary.Storage.Addresses;

namespace Granary.Simulation.Batches;

/// <summary>
/// A registered model and what it is for, as prod.json has it: with this any host makes the judge that the backtest would go on with.
/// </summary>
/// <param name="Registry">The folder or database of versions.</param>
/// <param name="Watch">What is done when its predictions get worse; null = nothing.</param>
public sealed record ModelReference(string Model, int Version, Address Registry, IReadOnlyList<string> Features, PredictionMeaning Meaning,
    EntryRule Rule, WatchRule? Watch = null)
{
    /// <summary>From when on the version has expired and admits no entries, UTC; null = it does not expire.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTime? Expires { get; init; }

    /// <summary>When a session looks for a newer promoted version; null = it keeps this one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ModelRefresh? Refresh { get; init; }

    /// <summary>Its age and the greatest one, by which it expires in a session; null = it does not expire, or only when
    /// <see cref="Expires"/> says.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ModelAge? Age { get; init; }

    private long Until => Expires?.Ticks ?? long.MaxValue;

    // A roll-back looks no farther than so many versions back.
    private const int Earlier = 5;

    public static readonly JsonSerializerOptions Json = JsonOf(new Place("."));

    // References are read in the place of their configuration.
    private static JsonSerializerOptions JsonOf(Place place) => new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase), new RegistryJson(place) },
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <param name="place">What their registries start from.</param>
    /// <exception cref="JsonException">Not what a run writes into prod.json.</exception>
    /// <exception cref="BarDataException">A registry leads out of the place.</exception>
    public static IReadOnlyDictionary<string, ModelReference> Parse(string json, Place place) =>
        JsonSerializer.Deserialize<Dictionary<string, ModelReference>>(json, JsonOf(place)) ?? [];

    private sealed class RegistryJson(Place place) : JsonConverter<Address>
    {
        public override Address Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
            place.Address(reader.GetString() ?? "");

        public override void Write(Utf8JsonWriter writer, Address value, JsonSerializerOptions options) =>
            writer.WriteStringValue(ModelStores.Kept(value));
    }

    /// <summary>Whether it caps the portfolio's exposure, in place of judging a strategy's entries.</summary>
    [JsonIgnore]
    public bool IsOfRisk => Meaning == PredictionMeaning.ExpectedDrawdown;

    /// <summary>Loads a model of the risk. It is asked from the time on at which the last label that it learned from was known.</summary>
    /// <inheritdoc cref="Load"/>
    public RiskModel LoadRisk(GranaryCatalogues catalogues)
    {
        var (model, version) = new ModelRegistry(ModelStores.Open(Registry), catalogues.ModelKinds).Load(Model, Version);
        var ofPortfolio = Features.Where(f => f.StartsWith(PortfolioFeature.Prefix, StringComparison.Ordinal)).ToList();
        var features = new EntryFeatures(FeatureSet.Parse([.. Features.Except(ofPortfolio)], catalogues.Factors),
            [.. ofPortfolio.Select(PortfolioFeature.Find)]);
        return new RiskModel($"{Model}:{Version}", features, [new ModelWindow(version.Lineage.To.Ticks, model)], (LimitRule)Rule);
    }

    /// <summary>
    /// Loads the model. It is asked from the time on at which the last label that it learned from was known; before that, and after a
    /// roll-back, up to five versions before it are.
    /// </summary>
    /// <param name="catalogues">What the process knows.</param>
    /// <exception cref="Granary.Learning.LearningInputException">
    /// No such version, damaged, of a newer format, or made for other features.
    /// </exception>
    public EntryModel Load(GranaryCatalogues catalogues)
    {
        var (model, version) = new ModelRegistry(ModelStores.Open(Registry), catalogues.ModelKinds).Load(Model, Version);
        return Filter(model, version.Lineage.To, catalogues);
    }

    /// <summary>The filter over a loaded version, which is asked from the time on at which the last label that it learned from was
    /// known; before that, and after a roll-back, up to five versions before it are.</summary>
    /// <param name="to">That time, UTC.</param>
    /// <param name="observer">Follows the predictions; null = none.</param>
    /// <exception cref="Granary.Learning.LearningInputException">The version was made for other features.</exception>
    public EntryModel Filter(ITrainedModel model, DateTime to, GranaryCatalogues catalogues, IPredictionObserver? observer = null) =>
        new($"{Model}:{Version}", FeatureSet.Parse(Features, catalogues.Factors),
            [.. Before(model, to, catalogues),
                new ModelWindow(to.Ticks, model) { Number = Version, Until = Until, Age = Age?.ToAge() }], Rule, Meaning)
        {
            Origin = new ModelOrigin(ModelStores.Kept(Registry), Model, Version),
            Observer = observer,
            Watch = Watch,
            Refresh = Refresh?.ToSchedule(),
        };

    // Versions that a roll-back may put in force, the oldest first.
    private List<ModelWindow> Before(ITrainedModel model, DateTime to, GranaryCatalogues catalogues)
    {
        List<ModelWindow> windows = [];
        if (Watch is not { RollsBack: true }) return windows;
        var registry = new ModelRegistry(ModelStores.Open(Registry), catalogues.ModelKinds);
        var own = registry.Version(Model, Version).Lineage;
        var from = to.Ticks;
        foreach (var earlier in registry.Versions(Model).Where(v => v.Number < Version && IsLike(v.Lineage, own))
            .OrderByDescending(v => v.Number))
        {
            if (windows.Count == Earlier) break;
            if (earlier.Lineage.To.Ticks >= from) continue;
            var (older, _) = registry.Load(Model, earlier.Number);
            if (older.Input != model.Input) continue;
            from = earlier.Lineage.To.Ticks;
            // It is older than this one.
            windows.Insert(0, new ModelWindow(from, older) { Number = earlier.Number, Until = Until, Age = Age?.ToAge() });
        }
        return windows;
    }

    // It predicts the same of the same features.
    private static bool IsLike(ModelLineage a, ModelLineage b) =>
        a.Label == b.Label && a.Data == b.Data && a.Features.SequenceEqual(b.Features);
}

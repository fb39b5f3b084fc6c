using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Granary.Engine;
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
/// A registered model and its use, as in prod.json. Any host can create from it the entry filter that the backtest would continue with.
/// </summary>
/// <param name="Registry">Folder or database of the versions.</param>
/// <param name="Watch">Reaction to a decline of the predictions; null = none.</param>
internal sealed record ModelReference(string Model, int Version, Address Registry, IReadOnlyList<string> Features,
    PredictionMeaning Meaning, EntryRule Rule, WatchRule? Watch = null)
{
    /// <summary>Time from which the version has expired and admits no entries, UTC; null = it does not expire.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTime? Expires { get; init; }

    /// <summary>Schedule at which a session checks for a newer promoted version; null = it keeps this one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ModelRefresh? Refresh { get; init; }

    /// <summary>
    /// Age and age limits by which the version expires in a session; null = it does not expire, or only at <see cref="Expires"/>.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ModelAge? Age { get; init; }

    private long Until => Expires?.Ticks ?? long.MaxValue;

    // A roll-back considers at most this number of earlier versions.
    private const int Earlier = 5;

    public static readonly JsonSerializerOptions Json = JsonOf(new Place("."));

    // Relative registries are resolved against the folder of the configuration.
    private static JsonSerializerOptions JsonOf(Place place) => new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
        TypeInfoResolver = JsonSerializer.IsReflectionEnabledByDefault ? null : ReferenceJson.Default,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false), new RegistryJson(place) },
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <param name="place">Base folder of relative registries.</param>
    /// <exception cref="JsonException">The text does not have the format that a run writes into prod.json.</exception>
    /// <exception cref="BarDataException">A registry is outside the allowed folder.</exception>
    /// <exception cref="InputException">The detector of a watch, or one of its parameters, is unknown.</exception>
    public static IReadOnlyDictionary<string, ModelReference> Parse(string json, Place place)
    {
        try
        {
            var models = JsonSerializer.Deserialize<Dictionary<string, ModelReference?>>(json, JsonOf(place)) ?? [];
            return models.ToDictionary(m => m.Key, m => Checked(m.Key, m.Value), StringComparer.Ordinal);
        }
        catch (NotSupportedException e)
        {
            // The serializer reports a rule without its name so.
            throw new JsonException("a rule has no name", "rule", null, null, e);
        }
    }

    // Finds the faults that the serializer does not look for.
    private static ModelReference Checked(string name, ModelReference? model)
    {
        if (model is null) throw Fault(name);
        if (model.Features.Any(f => f is null)) throw Fault($"{name}.features");
        if (!model.Rule.Takes(model.Meaning)) throw Fault($"{name}.rule");
        if (model.Refresh is { } refresh && !CalendarSpan.TryParse(refresh.Every, out _)) throw Fault($"{name}.refresh.every");
        if (model.Watch is { } watch) _ = new PredictionWatch(watch);
        return model;
    }

    private static JsonException Fault(string path) => new(null, path, null, null);

    private sealed class RegistryJson(Place place) : JsonConverter<Address>
    {
        public override Address Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
            place.Address(reader.GetString() ?? "");

        public override void Write(Utf8JsonWriter writer, Address value, JsonSerializerOptions options) =>
            writer.WriteStringValue(ModelStores.Kept(value));
    }

    /// <summary>Whether the model caps the portfolio's exposure instead of filtering a strategy's entries.</summary>
    [JsonIgnore]
    public bool IsOfRisk => Meaning == PredictionMeaning.ExpectedDrawdown;

    /// <summary>Loads a risk model. It is used from the time at which the last label that it learned from was known.</summary>
    /// <inheritdoc cref="Load"/>
    public RiskModel LoadRisk(GranaryCatalogues catalogues)
    {
        var (model, version) = catalogues.OpenRegistry(Registry).Load(Model, Version);
        var ofPortfolio = Features.Where(f => f.StartsWith(PortfolioFeature.Prefix, StringComparison.Ordinal)).ToList();
        var features = new EntryFeatures(FeatureSet.Parse([.. Features.Except(ofPortfolio)], catalogues.Factors),
            [.. ofPortfolio.Select(PortfolioFeature.Find)]);
        return new RiskModel($"{Model}:{Version}", features, [new ModelWindow(version.Lineage.To.Ticks, model)], (LimitRule)Rule);
    }

    /// <summary>
    /// Loads the entry filter. The version is used from the time at which the last label that it learned from was known. Before that time,
    /// and after a roll-back, up to five earlier versions are used.
    /// </summary>
    /// <param name="catalogues">Model kinds and factors that the process knows.</param>
    /// <exception cref="InputException">
    /// The version is missing, damaged, of a newer format, or was made for other features.
    /// </exception>
    public EntryModel Load(GranaryCatalogues catalogues)
    {
        var (model, version) = catalogues.OpenRegistry(Registry).Load(Model, Version);
        return Filter(model, version.Lineage.To, catalogues);
    }

    /// <summary>
    /// Creates the entry filter for a loaded version. The version is used from the time at which the last label that it learned from was
    /// known. Before that time, and after a roll-back, up to five earlier versions are used.
    /// </summary>
    /// <param name="to">The time from which the version is used, UTC.</param>
    /// <param name="observer">Receives the predictions; null = none.</param>
    /// <exception cref="InputException">The version was made for other features.</exception>
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

    // Versions that a roll-back may put in force, oldest first.
    private List<ModelWindow> Before(ITrainedModel model, DateTime to, GranaryCatalogues catalogues)
    {
        List<ModelWindow> windows = [];
        if (Watch is not { RollsBack: true }) return windows;
        var registry = catalogues.OpenRegistry(Registry);
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
            // The other version is older, so its window comes first.
            windows.Insert(0, new ModelWindow(from, older) { Number = earlier.Number, Until = Until, Age = Age?.ToAge() });
        }
        return windows;
    }

    // Whether both versions predict the same label from the same features.
    private static bool IsLike(ModelLineage a, ModelLineage b) =>
        a.Label == b.Label && a.Data == b.Data && a.Features.SequenceEqual(b.Features);
}

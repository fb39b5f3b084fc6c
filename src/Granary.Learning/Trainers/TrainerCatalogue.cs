using System.Globalization;
using System.Reflection;
using Granary.Engine.Catalogues;
using Granary.Engine.Market;

namespace Granary.Learning.Trainers;

/// <summary>The trainers that a process knows, by name, and the libraries from which it can load more.</summary>
public sealed class TrainerCatalogue : Catalogue<TrainerDefinition>
{
    private readonly LoadedLibrary[] _libraries;

    /// <param name="builder">Holds the trainers.</param>
    /// <param name="libraries">Where trainers of a prefix come from, should one be needed.</param>
    public TrainerCatalogue(CatalogueBuilder<TrainerDefinition> builder, params IReadOnlyList<TrainerLibrary> libraries) : base(builder) =>
        // The assembly of a library may be a plug-in of this process as well; then it is not loaded a second time.
        _libraries = [.. libraries.Where(l => !Names.Any(n => n.StartsWith(l.Prefix, StringComparison.Ordinal)))
            .Select(l => new LoadedLibrary(l))];

    /// <summary>Granary's own trainers.</summary>
    public static TrainerCatalogue BuiltIn { get; } = new(Of(typeof(TrainerCatalogue).Assembly));

    /// <summary>
    /// Granary's own, in alphabetical order: an experiment compares them where it names none. They are the same on every machine.
    /// </summary>
    public IReadOnlyList<TrainerDefinition> Own => [.. All.Where(d => d.Type.Assembly == typeof(TrainerCatalogue).Assembly)];

    // What was not looked at is a library, so only what is here can be named.
    private IReadOnlyList<TrainerDefinition> Loaded =>
        [.. All.Concat(_libraries.Where(l => l.IsLoaded).SelectMany(l => l.Trainers.All)).OrderBy(d => d.Name, StringComparer.Ordinal)];

    /// <summary>A builder with the trainers of some assemblies.</summary>
    /// <exception cref="ArgumentException">A name is taken.</exception>
    public static CatalogueBuilder<TrainerDefinition> Of(params IReadOnlyList<Assembly> assemblies)
    {
        var builder = new CatalogueBuilder<TrainerDefinition>("trainer");
        foreach (var assembly in assemblies)
            builder.AddFrom<TrainerDefinition, TrainerAttribute>(assembly, (type, attribute) => new TrainerDefinition(type, attribute));
        return builder;
    }

    /// <summary>Loads the libraries and lists all trainers.</summary>
    public TrainerListing List()
    {
        var missing = new List<string>();
        foreach (var library in _libraries)
        {
            try
            {
                _ = library.Trainers;
            }
            catch (LearningInputException e)
            {
                missing.Add(e.Message);
            }
        }
        return new TrainerListing(Loaded, missing);
    }

    /// <summary>Whether a trainer comes from a library that is not loaded yet, and may be missing.</summary>
    public bool IsOfMissingLibrary(string name) => LibraryOf(name) is { IsLoaded: false };

    /// <summary>A trainer by name; parameters that are not given take their defaults.</summary>
    /// <exception cref="LearningInputException">Unknown name or parameter, a value out of its range, or a library that is
    /// missing.</exception>
    public ITrainer Create(string name, IReadOnlyDictionary<string, string>? parameters = null) =>
        Find(name).Create(parameters ?? new Dictionary<string, string>());

    /// <summary>Parameters from numbers, as a test or program has them.</summary>
    public ITrainer Create(string name, params (string Name, double Value)[] parameters) =>
        Create(name, parameters.ToDictionary(p => p.Name, p => p.Value.ToString(CultureInfo.InvariantCulture)));

    /// <summary>The definition of a trainer.</summary>
    /// <exception cref="LearningInputException">Unknown name, or a library that is missing.</exception>
    public TrainerDefinition Find(string name)
    {
        if (TryGet(name, out var definition) || LibraryOf(name)?.Trainers.TryGet(name, out definition) == true) return definition!;
        var names = Loaded.Select(d => d.Name).ToList();
        var near = Spelling.Nearest(name, names) is { } nearest ? $" did you mean '{nearest}'?" : "";
        throw new LearningInputException($"there is no trainer '{name}';{near} the trainers are {string.Join(' ', names)}");
    }

    private LoadedLibrary? LibraryOf(string name) =>
        Contains(name) ? null : Array.Find(_libraries, l => name.StartsWith(l.Library.Prefix, StringComparison.Ordinal));

    private sealed class LoadedLibrary(TrainerLibrary library)
    {
        private readonly Lazy<Catalogue<TrainerDefinition>> _trainers = new(() => Of(library.Load()).Build());

        public TrainerLibrary Library => library;

        public bool IsLoaded => _trainers.IsValueCreated;

        public Catalogue<TrainerDefinition> Trainers => _trainers.Value;
    }
}

using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using Orleans.Serialization.Configuration;
using Orleans.Serialization.TypeSystem;

namespace Granary.Cluster.Wire;

/// <summary>
/// Keeps the names by which types of other rooms travel as they were before the types were renamed, so that silos of both versions
/// understand one another.
/// </summary>
/// <param name="services">Has the converter of all other names.</param>
public sealed class EarlierTypeNames(IServiceProvider services) : ITypeConverter
{
    private const string Assembly = ",Granary.Application";

    // The name in this version, and the one that travels.
    private static readonly (string Ours, string Theirs)[] s_names =
    [
        ("Granary.Application.Jobs.JobStatus" + Assembly, "Granary.Application.Submissions.BatchStatus" + Assembly),
        ("Granary.Application.Jobs.JobProgress" + Assembly, "Granary.Application.Submissions.SubmissionProgress" + Assembly),
    ];

    /// <summary>Registers the names.</summary>
    public static void Add(IServiceCollection services)
    {
        services.AddSingleton<ITypeConverter, EarlierTypeNames>();
        services.Configure<TypeManifestOptions>(o => o.AllowedTypes.UnionWith(s_names.Select(n => n.Theirs)));
    }

    public bool TryFormat(Type type, out string formatted)
    {
        var ours = formatted = RuntimeTypeNameFormatter.Format(type);
        foreach (var name in s_names) formatted = formatted.Replace(name.Ours, name.Theirs, StringComparison.Ordinal);
        return formatted != ours;
    }

    public bool TryParse(string formatted, out Type type)
    {
        var ours = formatted;
        foreach (var name in s_names) ours = ours.Replace(name.Theirs, name.Ours, StringComparison.Ordinal);
        type = ours == formatted ? typeof(object) : services.GetRequiredService<TypeConverter>().Parse(ours);
        return ours != formatted;
    }
}

using Granary.Contracts.Jobs;
using Granary.Trading.Live;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using Orleans.Serialization.Cloning;

namespace Granary.Cluster.Wire;

/// <summary>
/// The format of messages between grains: JSON for the records of <c>Granary.Contracts</c> and for those that start and command a session,
/// generated codecs for the others.
/// </summary>
internal static class WireFormat
{
    /// <summary>Adds the format to a silo or an Orleans client; all of a cluster need it.</summary>
    public static IServiceCollection AddWireFormat(this IServiceCollection services) => services
        // An exception keeps its type and message on the way to its caller.
        .Configure<ExceptionSerializationOptions>(o => o.SupportedNamespacePrefixes.Add("Granary"))
        .AddSingleton<IGeneralizedCopier, ImmutableRecords>()
        .AddSerializer(s => s.AddJsonSerializer(IsJson, static _ => false, static o => o.Configure(
            json => json.SerializerOptions = new(SessionControl.Json) { WriteIndented = false })));

    private static bool IsJson(Type type) => !type.IsEnum && (type.Assembly == typeof(JobStatus).Assembly
        || type == typeof(SessionStart) || type == typeof(IssuedCommand));

    // The records are immutable: calls within a silo pass them by reference.
    private sealed class ImmutableRecords : IGeneralizedCopier
    {
        public bool IsSupportedType(Type type) => IsJson(type);

        public object? DeepCopy(object? input, CopyContext context) => input;
    }
}

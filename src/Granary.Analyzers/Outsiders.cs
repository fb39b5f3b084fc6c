using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace Granary.Analyzers;

/// <summary>Members whose values differ from run to run.</summary>
internal static class Outsiders
{
    private static readonly ImmutableHashSet<string> s_clocks =
    [
        "System.DateTime.Now", "System.DateTime.UtcNow", "System.DateTime.Today", "System.DateTimeOffset.Now",
        "System.DateTimeOffset.UtcNow", "System.TimeProvider.System", "System.Environment.TickCount", "System.Environment.TickCount64",
        "System.Diagnostics.Stopwatch.StartNew", "System.Diagnostics.Stopwatch.GetTimestamp", "System.Diagnostics.Stopwatch..ctor",
    ];

    private static readonly ImmutableHashSet<string> s_random =
    [
        "System.Random.Shared", "System.Guid.NewGuid", "System.Guid.CreateVersion7", "System.HashCode.Combine",
        "System.HashCode.ToHashCode", "System.String.GetHashCode",
    ];

    private static readonly ImmutableHashSet<string> s_files =
    [
        "File", "Directory", "FileInfo", "DirectoryInfo", "FileStream", "StreamReader", "StreamWriter", "FileSystemWatcher",
    ];

    private static readonly ImmutableHashSet<string> s_tasks = ["Task", "Thread", "ThreadPool", "Parallel", "Timer"];

    /// <summary>The mistake that a use of a member is; null if it is none.</summary>
    public static DiagnosticDescriptor? MistakeOf(ISymbol member)
    {
        var type = member.ContainingType;
        if (type is null) return null;
        var space = type.ContainingNamespace?.ToDisplayString() ?? "";
        var name = $"{space}.{type.Name}.{member.Name}";
        if (s_clocks.Contains(name)) return Mistakes.Clock;
        if (s_random.Contains(name) || IsUnseeded(member, name) || name.StartsWith("System.Security.Cryptography.RandomNumberGenerator.",
            StringComparison.Ordinal)) return Mistakes.Random;
        return IsOutside(member, space, type.Name) ? Mistakes.Outside : null;
    }

    private static bool IsUnseeded(ISymbol member, string name) =>
        name == "System.Random..ctor" && member is IMethodSymbol { Parameters.Length: 0 };

    private static bool IsOutside(ISymbol member, string space, string type) => space switch
    {
        "System.IO" => s_files.Contains(type),
        "System.Threading" or "System.Threading.Tasks" => s_tasks.Contains(type) && member.IsStatic || member is IMethodSymbol
        {
            MethodKind: MethodKind.Constructor
        } && s_tasks.Contains(type),
        "System.Diagnostics" => type == "Process",
        "System" => type == "Environment" && member.Name is "GetEnvironmentVariable" or "MachineName" or "UserName",
        _ => space == "System.Net" || space.StartsWith("System.Net.", StringComparison.Ordinal),
    };
}

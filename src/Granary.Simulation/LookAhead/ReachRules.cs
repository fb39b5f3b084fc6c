using System.Collections.Frozen;
using Granary.Simulation.Plugins;

namespace Granary.Simulation.LookAhead;

/// <summary>
/// Lists what strategies, factors and rules of plug-ins may use: Granary's engine and learning library, and the parts of .NET that compute.
/// Anything else is a finding. Some members that are not allowed have a kind of their own, so the finding says why. The longest
/// matching prefix decides.
/// </summary>
internal static class ReachRules
{
    private static readonly (ReachKind? Kind, string Members)[] s_rules =
    [
        (null, "Granary.Engine. Granary.Learning. System.Collections. System.Numerics. System.Text. System.Globalization. "
            + "System.Linq.Enumerable System.Linq.IGrouping System.Linq.ILookup System.Linq.Lookup System.Linq.IOrderedEnumerable "
            + "System.Buffers.SearchValues System.Buffers.Binary. System.Runtime.Intrinsics.Vector System.Diagnostics.Debug. "
            + "System.Diagnostics.Debug+"),
        // Language features: iterators, interpolated strings, records, collection expressions, events and locks.
        (null, "System.Runtime.CompilerServices.RuntimeHelpers.InitializeArray System.Runtime.CompilerServices.RuntimeHelpers.CreateSpan "
            + "System.Runtime.CompilerServices.RuntimeHelpers.GetSubArray "
            + "System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack "
            + "System.Runtime.CompilerServices.RuntimeHelpers.IsReferenceOrContainsReferences "
            + "System.Runtime.CompilerServices.DefaultInterpolatedStringHandler System.Runtime.CompilerServices.FormattableStringFactory "
            + "System.Runtime.CompilerServices.ITuple System.Runtime.CompilerServices.InlineArray "
            + "System.Runtime.CompilerServices.SwitchExpressionException "
            + "System.Runtime.InteropServices.CollectionsMarshal System.Runtime.InteropServices.MemoryMarshal.Cast "
            + "System.Runtime.InteropServices.MemoryMarshal.AsBytes "
            + "System.Runtime.InteropServices.ImmutableCollectionsMarshal.AsImmutableArray System.Environment.get_NewLine "
            + "System.Environment.get_CurrentManagedThreadId System.Threading.Interlocked. System.Threading.Volatile. "
            + "System.Threading.Monitor.Enter System.Threading.Monitor.Exit System.Threading.Lock. System.Threading.Lock+ "
            + "System.Threading.CancellationToken. System.GC.SuppressFinalize System.GC.KeepAlive System.Buffer.BlockCopy "
            + "System.Buffer.ByteLength System.Attribute..ctor"),
        // new T() of a generic method; the type of an expression
        (null, "System.Activator.CreateInstance() System.Type.GetTypeFromHandle System.Type.op_ System.Type.get_Name "
            + "System.Type.get_FullName System.Type.get_Namespace System.Reflection.MemberInfo.get_Name"),
        (ReachKind.Files, "System.IO. System.Xml. Microsoft.VisualBasic.FileIO. Microsoft.VisualBasic.FileSystem Microsoft.Win32."),
        (null, "System.IO.MemoryStream System.IO.StringReader System.IO.StringWriter System.IO.TextReader System.IO.TextWriter "
            + "System.IO.Stream. System.IO.BinaryReader System.IO.BinaryWriter System.IO.SeekOrigin System.IO.Path.Combine "
            + "System.IO.Path.GetFileName System.IO.Path.GetExtension System.IO.Path.ChangeExtension System.IO.Path.GetDirectoryName"),
        (ReachKind.Network, "System.Net. System.Data. System.ServiceModel. Npgsql. Confluent."),
        (ReachKind.Processes, "System.Diagnostics.Process"),
        (ReachKind.Clock, "System.Diagnostics.Stopwatch System.TimeProvider.get_System System.DateTime.get_Now System.DateTime.get_UtcNow "
            + "System.DateTime.get_Today System.DateTimeOffset.get_Now System.DateTimeOffset.get_UtcNow System.Environment.get_TickCount"),
        (ReachKind.Threads, "System.Threading. System.Timers. System.Linq.ParallelEnumerable System.Linq.ParallelQuery "
            + "System.Object.Finalize System.Runtime.CompilerServices.AsyncTaskMethodBuilder "
            + "System.Runtime.CompilerServices.AsyncVoidMethodBuilder System.Runtime.CompilerServices.TaskAwaiter"),
        (ReachKind.Environment, "System.Environment. System.AppContext. System.AppDomain. System.Console. System.TimeZoneInfo.get_Local "
            + "System.DateTime.ToLocalTime System.DateTimeOffset.ToLocalTime System.DateTimeOffset.get_LocalDateTime System.GC. "
            + "System.Globalization.CultureInfo.get_CurrentCulture System.Globalization.CultureInfo.get_CurrentUICulture "
            + "System.Globalization.CultureInfo.get_InstalledUICulture System.Globalization.CultureInfo.set_ "
            + "System.Globalization.NumberFormatInfo.get_CurrentInfo System.Globalization.DateTimeFormatInfo.get_CurrentInfo "
            + "System.Globalization.RegionInfo.get_CurrentRegion"),
        (ReachKind.Randomness, "System.Random.get_Shared System.Random..ctor() System.Guid.NewGuid System.Guid.CreateVersion7 "
            + "System.Security.Cryptography.RandomNumberGenerator System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode"),
        (ReachKind.SharedState, "System.Buffers.ArrayPool System.Buffers.MemoryPool"),
        (ReachKind.Reflection, "System.Reflection. System.Runtime.Loader. System.Resources. Microsoft.CSharp. System.Dynamic. "
            + "System.Linq.Expressions. System.Linq.Queryable System.Activator. System.Delegate.DynamicInvoke "
            + "System.Delegate.CreateDelegate System.Delegate.get_Method System.Type.InvokeMember System.Type.GetType System.Type.GetField "
            + "System.Type.GetMethod System.Type.GetPropert System.Type.GetMember System.Type.GetConstructor System.Type.GetNestedType "
            + "System.Type.GetEvent System.Type.GetInterface System.Type.get_Assembly System.Type.get_Module System.Type.get_TypeHandle "
            + "System.Type.MakeGenericType System.Type.get_DeclaringMethod System.Attribute.GetCustomAttribute "
            + "System.Runtime.CompilerServices.UnsafeAccessor System.Runtime.CompilerServices.RuntimeHelpers.RunClassConstructor "
            + "System.Runtime.CompilerServices.RuntimeHelpers.GetUninitializedObject System.Runtime.CompilerServices.CallSite"),
        (ReachKind.Native, "System.Runtime.InteropServices. System.Runtime.CompilerServices.Unsafe. System.Buffer.MemoryCopy "
            + "System.Runtime.Intrinsics. System.IntPtr. System.UIntPtr. System.TypedReference. System.ArgIterator."),
        (ReachKind.DataSource, "Granary.Learning.Registry. Granary."),
    ];

    // Types of the namespace System that only compute.
    private const string Types = "Object String Char Boolean Byte SByte Int16 UInt16 Int32 UInt32 Int64 UInt64 Int128 UInt128 Half Single "
        + "Double Decimal Math MathF BitConverter Convert Array ArraySegment Span ReadOnlySpan Memory ReadOnlyMemory MemoryExtensions "
        + "Index Range Nullable Tuple ValueTuple TupleExtensions Enum ValueType Delegate MulticastDelegate Func Action Predicate "
        + "Comparison Converter EventHandler EventArgs Lazy IComparable IEquatable IFormattable ISpanFormattable IUtf8SpanFormattable "
        + "IParsable ISpanParsable IUtf8SpanParsable IDisposable IFormatProvider ICustomFormatter IConvertible ICloneable DateTime "
        + "DateTimeOffset DateOnly TimeOnly TimeSpan DayOfWeek DateTimeKind TimeZoneInfo Guid Random HashCode StringComparer "
        + "StringComparison StringSplitOptions StringNormalizationExtensions MidpointRounding FormattableString CharEnumerator Void";

    private static readonly FrozenDictionary<string, ReachKind?> s_members = s_rules
        .SelectMany(rule => rule.Members.Split(' ').Select(member => KeyValuePair.Create(member, rule.Kind)))
        .Concat(Types.Split(' ').SelectMany(type => new[] { ".", "`", "+" }.Select(end => KeyValuePair.Create($"System.{type}{end}",
            (ReachKind?)null)))).ToFrozenDictionary();

    // The compiler calls these to build spans of collection expressions.
    private static readonly string[] s_ofCompiler =
    [
        "System.Runtime.CompilerServices.Unsafe.As", "System.Runtime.CompilerServices.Unsafe.Add",
        "System.Runtime.InteropServices.MemoryMarshal.CreateSpan", "System.Runtime.InteropServices.MemoryMarshal.CreateReadOnlySpan",
    ];

    // Types whose objects cannot change, so that a read-only static field may hold them. Types of the namespace System are those of Types.
    private static readonly string[] s_immutable =
    [
        "System.Collections.Immutable.Immutable", "System.Collections.Frozen.Frozen", "System.Collections.Generic.IReadOnly",
        "System.Collections.Generic.Comparer", "System.Collections.Generic.EqualityComparer", "System.Collections.Generic.IComparer",
        "System.Collections.Generic.IEqualityComparer", "System.Numerics.", "System.Text.Encoding", "System.Text.UTF8Encoding",
        "System.Text.CompositeFormat", "System.Text.RegularExpressions.Regex", "System.Globalization.", "System.Buffers.SearchValues",
        "System.Threading.Lock", "System.Runtime.Intrinsics.", "Granary.Engine.", "Granary.Learning.",
    ];

    private static readonly string[] s_mutableOfSystem = ["System.Random", "System.Array", "System.Span", "System.Memory", "System.Lazy`"];

    /// <summary>Returns why a member of another assembly may not be used; null if it may.</summary>
    /// <param name="assembly">Simple name of the member's assembly.</param>
    /// <param name="member">"Namespace.Type.Member"; a method without parameters ends with "()", a type with ".".</param>
    /// <param name="isOfCompiler">Whether the reference is in code that only a compiler writes.</param>
    public static ReachKind? Of(string assembly, string member, bool isOfCompiler)
    {
        var isOwn = assembly is "Granary.Engine" or "Granary.Learning";
        // Records compare their types.
        if (member == "System.Type.") return null;
        if (isOfCompiler && s_ofCompiler.Any(m => member.StartsWith(m, StringComparison.Ordinal))) return null;
        if (!isOwn && IsException(member)) return RuntimeLibraries.Contains(assembly) ? null : ReachKind.Library;
        ReachKind? listed = ReachKind.Unlisted;
        for (var length = member.Length; length > 0; length--)
            if (s_members.TryGetValue(member[..length], out listed))
                break;
            else listed = ReachKind.Unlisted;
        // Loads and stores without bounds checks, such as Vector128.LoadUnsafe, reach later bars in the memory of the same block.
        if (listed is null && !isOwn && member[(member.LastIndexOf('.') + 1)..].Contains("Unsafe", StringComparison.Ordinal))
            return ReachKind.Native;
        if (isOwn || RuntimeLibraries.Contains(assembly)) return listed;
        // Another assembly may not pass for the base library by the namespaces of its types.
        if (assembly.StartsWith("Granary.", StringComparison.Ordinal)) return ReachKind.DataSource;
        if (listed is not (null or ReachKind.Unlisted)) return listed;
        return assembly.StartsWith("System.", StringComparison.Ordinal) ? ReachKind.Unlisted : ReachKind.Library;
    }

    // Exceptions only carry what the code gives them, except for the method that threw them.
    private static bool IsException(string member)
    {
        var type = member[..Math.Max(0, member.LastIndexOf('.'))];
        if (type.EndsWith('.')) type = type[..^1];
        return member.StartsWith("System.", StringComparison.Ordinal) && type.EndsWith("Exception", StringComparison.Ordinal)
            && !member.EndsWith(".get_TargetSite()", StringComparison.Ordinal);
    }

    /// <summary>Whether objects of this type of another assembly may change even if the field that holds them is read-only.</summary>
    /// <param name="type">Name without generic arguments.</param>
    public static bool IsMutable(string type)
    {
        // The type of a generic parameter is that of an argument.
        if (type.StartsWith('!')) return false;
        if (type.EndsWith("[]", StringComparison.Ordinal) || s_mutableOfSystem.Any(m => type.StartsWith(m, StringComparison.Ordinal)))
            return true;
        if (s_immutable.Any(prefix => type.StartsWith(prefix, StringComparison.Ordinal))) return false;
        return !(s_members.TryGetValue(type + ".", out var kind) && kind is null && type.StartsWith("System.", StringComparison.Ordinal)
            || type.Contains('`') && s_members.TryGetValue(type[..(type.IndexOf('`') + 1)], out kind) && kind is null);
    }
}

using System.Reflection;
using Granary.Engine;
using Granary.Simulation.Plugins;

namespace Granary.Simulation.Catalogues;

/// <summary>
/// Compiles and loads the C# files of batches. Equal sources are compiled once, as long as a batch uses them or they are among the latest.
/// </summary>
internal sealed class CodeCache
{
    // Sources that stay loaded without a batch: those of an author at work, and of the batches of one server.
    private const int Kept = 16;

    private readonly Lock _lock = new();
    private readonly Dictionary<(string Name, string Hash), WeakReference<Assembly>> _loaded = [];
    private readonly LinkedList<Assembly> _latest = [];

    /// <summary>Returns the assembly of a source.</summary>
    /// <exception cref="InputException">The compiler refuses it: each sentence has file, line and column.</exception>
    public Assembly Get(CodeSource source, ICodeCompiler compiler)
    {
        // One compilation at a time: a batch that is read by several threads compiles once.
        lock (_lock)
        {
            var key = (source.Name, source.Hash);
            if (!_loaded.TryGetValue(key, out var known) || !known.TryGetTarget(out var assembly))
            {
                foreach (var lost in _loaded.Where(l => !l.Value.TryGetTarget(out _)).Select(l => l.Key).ToList()) _loaded.Remove(lost);
                var compiled = compiler.Compile(source);
                if (compiled.Image is null) throw new InputException([.. compiled.Errors.Select(e => e.ToString())]);
                assembly = CodeContext.Load(source, compiled.Image);
                _loaded[key] = new WeakReference<Assembly>(assembly);
            }
            _latest.Remove(assembly);
            _latest.AddLast(assembly);
            if (_latest.Count > Kept) _latest.RemoveFirst();
            return assembly;
        }
    }
}

namespace Granary.Engine.Catalogues;

/// <summary>A record of keys that says which of its values are wrong together.</summary>
internal interface IKeyFaults
{
    /// <summary>Each wrong key by its name in files, with one sentence that names the remedy; empty if none is.</summary>
    IEnumerable<(string Key, string Fault)> KeyFaults { get; }
}

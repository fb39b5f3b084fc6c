using System.Text.Json.Serialization;
using Granary.Reinforcement.Training;

namespace Granary.Cli.Reinforcement;

/// <summary>The serialisers of the settings of a training, which are a part of its identity.</summary>
[JsonSerializable(typeof(PpoSettings))]
internal sealed partial class SettingsJson : JsonSerializerContext;

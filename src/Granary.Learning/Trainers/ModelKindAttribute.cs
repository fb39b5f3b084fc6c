using Granary.Engine.Catalogues;

namespace Granary.Learning.Trainers;

/// <summary>
/// Registers a class of trained models in the catalogue of model kinds. The class has a static method <c>Read(ModelHead head, BinaryReader
/// reader)</c>; a kind that contains other models has an <see cref="IModelReader"/> as third parameter.
/// </summary>
/// <param name="format">The model's <see cref="ITrainedModel.Format"/>.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
internal sealed class ModelKindAttribute(string format) : CatalogueAttribute(format)
{
    /// <inheritdoc/>
    public override string Kind => "model kind";
}

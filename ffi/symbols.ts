/**
 * Symbol tables, one per library, each with its C signature. Only what is called is bound.
 *
 * `buffer` is memory of ours that C uses during the call only; `pointer` is C's own memory, or ours
 * where C keeps it. A `nonblocking` twin of a symbol runs on a thread of Deno's pool.
 *
 * Sources: the reference pages of GStreamer 1.x (gst, app, video), GLib 2.x, and shmget(2), shmop(2),
 * shmctl(2).
 *
 * @module
 */

/** libgstreamer-1.0 */
export const gstreamerSymbols = {
  // gboolean gst_init_check (int *argc, char **argv[], GError **error)
  gst_init_check: { parameters: ["pointer", "pointer", "buffer"], result: "i32" },
  // gchar *gst_version_string (void): transfer full
  gst_version_string: { parameters: [], result: "pointer" },
  // void gst_version (guint *major, guint *minor, guint *micro, guint *nano)
  gst_version: { parameters: ["buffer", "buffer", "buffer", "buffer"], result: "void" },
  // GstElementFactory *gst_element_factory_find (const gchar *name): transfer full, nullable
  gst_element_factory_find: { parameters: ["buffer"], result: "pointer" },
  // GstParseContext *gst_parse_context_new (void): transfer full
  gst_parse_context_new: { parameters: [], result: "pointer" },
  // void gst_parse_context_free (GstParseContext *context)
  gst_parse_context_free: { parameters: ["pointer"], result: "void" },
  // gchar **gst_parse_context_get_missing_elements (GstParseContext *context): transfer full
  gst_parse_context_get_missing_elements: { parameters: ["pointer"], result: "pointer" },
  // GstElement *gst_parse_launch_full (const gchar *description, GstParseContext *context,
  //     GstParseFlags flags, GError **error): transfer floating, nullable
  gst_parse_launch_full: { parameters: ["buffer", "pointer", "u32", "buffer"], result: "pointer" },
  // GType gst_pipeline_get_type (void)
  gst_pipeline_get_type: { parameters: [], result: "usize" },
  // GstElement *gst_pipeline_new (const gchar *name): transfer floating
  gst_pipeline_new: { parameters: ["pointer"], result: "pointer" },
  // gboolean gst_bin_add (GstBin *bin, GstElement *element): element transfer floating
  gst_bin_add: { parameters: ["pointer", "pointer"], result: "i32" },
  // GstElement *gst_bin_get_by_name (GstBin *bin, const gchar *name): transfer full, nullable
  gst_bin_get_by_name: { parameters: ["pointer", "buffer"], result: "pointer" },
  // gpointer gst_object_ref_sink (gpointer object)
  gst_object_ref_sink: { parameters: ["pointer"], result: "pointer" },
  // void gst_object_unref (gpointer object)
  gst_object_unref: { parameters: ["pointer"], result: "void" },
  // gchar *gst_object_get_name (GstObject *object): transfer full
  gst_object_get_name: { parameters: ["pointer"], result: "pointer" },
  // void gst_mini_object_unref (GstMiniObject *mini_object)
  gst_mini_object_unref: { parameters: ["pointer"], result: "void" },
  // GstStateChangeReturn gst_element_set_state (GstElement *element, GstState state)
  gst_element_set_state: { parameters: ["pointer", "i32"], result: "i32" },
  gst_element_set_state_nonblocking: {
    name: "gst_element_set_state",
    parameters: ["pointer", "i32"],
    result: "i32",
    nonblocking: true,
  },
  // GstStateChangeReturn gst_element_get_state (GstElement *element, GstState *state,
  //     GstState *pending, GstClockTime timeout)
  gst_element_get_state_nonblocking: {
    name: "gst_element_get_state",
    parameters: ["pointer", "pointer", "pointer", "u64"],
    result: "i32",
    nonblocking: true,
  },
  // gboolean gst_element_send_event (GstElement *element, GstEvent *event): event transfer full
  gst_element_send_event: { parameters: ["pointer", "pointer"], result: "i32" },
  // GstBus *gst_element_get_bus (GstElement *element): transfer full, nullable
  gst_element_get_bus: { parameters: ["pointer"], result: "pointer" },
  // GstPad *gst_element_get_static_pad (GstElement *element, const gchar *name): transfer full
  gst_element_get_static_pad: { parameters: ["pointer", "buffer"], result: "pointer" },
  // gboolean gst_pad_send_event (GstPad *pad, GstEvent *event): event transfer full
  gst_pad_send_event: { parameters: ["pointer", "pointer"], result: "i32" },
  // gboolean gst_pad_is_linked (GstPad *pad)
  gst_pad_is_linked: { parameters: ["pointer"], result: "i32" },
  // GstFlowReturn gst_pad_chain (GstPad *pad, GstBuffer *buffer): buffer transfer full
  gst_pad_chain_nonblocking: {
    name: "gst_pad_chain",
    parameters: ["pointer", "pointer"],
    result: "i32",
    nonblocking: true,
  },
  // void gst_util_set_object_arg (GObject *object, const gchar *name, const gchar *value)
  gst_util_set_object_arg: { parameters: ["pointer", "buffer", "buffer"], result: "void" },
  // GstEvent *gst_event_new_stream_start (const gchar *stream_id): transfer full
  gst_event_new_stream_start: { parameters: ["buffer"], result: "pointer" },
  // GstEvent *gst_event_new_caps (GstCaps *caps): transfer full; caps transfer none
  gst_event_new_caps: { parameters: ["pointer"], result: "pointer" },
  // GstEvent *gst_event_new_segment (const GstSegment *segment): transfer full
  gst_event_new_segment: { parameters: ["pointer"], result: "pointer" },
  // GstEvent *gst_event_new_eos (void): transfer full
  gst_event_new_eos: { parameters: [], result: "pointer" },
  // GstSegment *gst_segment_new (void): transfer full
  gst_segment_new: { parameters: [], result: "pointer" },
  // void gst_segment_init (GstSegment *segment, GstFormat format)
  gst_segment_init: { parameters: ["pointer", "i32"], result: "void" },
  // void gst_segment_free (GstSegment *segment)
  gst_segment_free: { parameters: ["pointer"], result: "void" },
  // GstCaps *gst_caps_from_string (const gchar *string): transfer full, nullable
  gst_caps_from_string: { parameters: ["buffer"], result: "pointer" },
  // GstStructure *gst_structure_from_string (const gchar *string, gchar **end): transfer full
  gst_structure_from_string: { parameters: ["buffer", "pointer"], result: "pointer" },
  // GstStructure *gst_structure_new_empty (const gchar *name): transfer full
  gst_structure_new_empty: { parameters: ["buffer"], result: "pointer" },
  // GstBuffer *gst_buffer_new_wrapped_full (GstMemoryFlags flags, gpointer data, gsize maxsize,
  //     gsize offset, gsize size, gpointer user_data, GDestroyNotify notify): transfer full
  gst_buffer_new_wrapped_full: {
    parameters: ["u32", "pointer", "usize", "usize", "usize", "pointer", "pointer"],
    result: "pointer",
  },
  // GstBuffer *gst_buffer_new_allocate (GstAllocator *allocator, gsize size,
  //     GstAllocationParams *params): transfer full, nullable
  gst_buffer_new_allocate: { parameters: ["pointer", "usize", "pointer"], result: "pointer" },
  // gsize gst_buffer_fill (GstBuffer *buffer, gsize offset, gconstpointer src, gsize size)
  gst_buffer_fill: { parameters: ["pointer", "usize", "buffer", "usize"], result: "usize" },
  // gsize gst_buffer_get_size (GstBuffer *buffer)
  gst_buffer_get_size: { parameters: ["pointer"], result: "usize" },
  // gsize gst_buffer_extract (GstBuffer *buffer, gsize offset, gpointer dest, gsize size)
  gst_buffer_extract: { parameters: ["pointer", "usize", "buffer", "usize"], result: "usize" },
  // gboolean gst_buffer_has_flags (GstBuffer *buffer, GstBufferFlags flags)
  gst_buffer_has_flags: { parameters: ["pointer", "u32"], result: "i32" },
  // GstBuffer *gst_sample_get_buffer (GstSample *sample): transfer none, nullable
  gst_sample_get_buffer: { parameters: ["pointer"], result: "pointer" },
  // GstMessage *gst_bus_timed_pop_filtered (GstBus *bus, GstClockTime timeout,
  //     GstMessageType types): transfer full, nullable
  gst_bus_timed_pop_filtered: { parameters: ["pointer", "u64", "u32"], result: "pointer" },
  gst_bus_timed_pop_filtered_nonblocking: {
    name: "gst_bus_timed_pop_filtered",
    parameters: ["pointer", "u64", "u32"],
    result: "pointer",
    nonblocking: true,
  },
  // gboolean gst_bus_post (GstBus *bus, GstMessage *message): message transfer full
  gst_bus_post: { parameters: ["pointer", "pointer"], result: "i32" },
  // void gst_bus_set_flushing (GstBus *bus, gboolean flushing)
  gst_bus_set_flushing: { parameters: ["pointer", "i32"], result: "void" },
  // GstMessage *gst_message_new_application (GstObject *src, GstStructure *structure):
  //     structure transfer full; transfer full
  gst_message_new_application: { parameters: ["pointer", "pointer"], result: "pointer" },
  // const gchar *gst_message_type_get_name (GstMessageType type)
  gst_message_type_get_name: { parameters: ["u32"], result: "pointer" },
  // void gst_message_parse_error (GstMessage *message, GError **gerror, gchar **debug)
  gst_message_parse_error: { parameters: ["pointer", "buffer", "buffer"], result: "void" },
  // void gst_message_parse_warning (GstMessage *message, GError **gerror, gchar **debug)
  gst_message_parse_warning: { parameters: ["pointer", "buffer", "buffer"], result: "void" },
} as const satisfies Deno.ForeignLibraryInterface;

/** libgstapp-1.0 */
export const appSymbols = {
  // GstFlowReturn gst_app_src_push_buffer (GstAppSrc *appsrc, GstBuffer *buffer): transfer full
  gst_app_src_push_buffer: { parameters: ["pointer", "pointer"], result: "i32" },
  // GstFlowReturn gst_app_src_end_of_stream (GstAppSrc *appsrc)
  gst_app_src_end_of_stream: { parameters: ["pointer"], result: "i32" },
  // GstSample *gst_app_sink_try_pull_sample (GstAppSink *appsink, GstClockTime timeout):
  //     transfer full, nullable
  gst_app_sink_try_pull_sample: { parameters: ["pointer", "u64"], result: "pointer" },
  gst_app_sink_try_pull_sample_nonblocking: {
    name: "gst_app_sink_try_pull_sample",
    parameters: ["pointer", "u64"],
    result: "pointer",
    nonblocking: true,
  },
  // gboolean gst_app_sink_is_eos (GstAppSink *appsink)
  gst_app_sink_is_eos: { parameters: ["pointer"], result: "i32" },
} as const satisfies Deno.ForeignLibraryInterface;

/** libgstvideo-1.0 */
export const videoSymbols = {
  // GstEvent *gst_video_event_new_upstream_force_key_unit (GstClockTime running_time,
  //     gboolean all_headers, guint count): transfer full
  gst_video_event_new_upstream_force_key_unit: {
    parameters: ["u64", "i32", "u32"],
    result: "pointer",
  },
  // GstVideoInfo *gst_video_info_new (void): transfer full
  gst_video_info_new: { parameters: [], result: "pointer" },
  // void gst_video_info_free (GstVideoInfo *info)
  gst_video_info_free: { parameters: ["pointer"], result: "void" },
  // gboolean gst_video_info_from_caps (GstVideoInfo *info, const GstCaps *caps)
  gst_video_info_from_caps: { parameters: ["pointer", "pointer"], result: "i32" },
  // GstVideoMeta *gst_buffer_add_video_meta_full (GstBuffer *buffer, GstVideoFrameFlags flags,
  //     GstVideoFormat format, guint width, guint height, guint n_planes,
  //     const gsize offset[4], const gint stride[4]): transfer none
  gst_buffer_add_video_meta_full: {
    parameters: ["pointer", "u32", "u32", "u32", "u32", "u32", "buffer", "buffer"],
    result: "pointer",
  },
  // GstVideoFormat gst_video_format_from_string (const gchar *format)
  gst_video_format_from_string: { parameters: ["buffer"], result: "u32" },
  // gboolean gst_video_frame_map (GstVideoFrame *frame, const GstVideoInfo *info,
  //     GstBuffer *buffer, GstMapFlags flags)
  gst_video_frame_map: { parameters: ["pointer", "pointer", "pointer", "u32"], result: "i32" },
  // void gst_video_frame_unmap (GstVideoFrame *frame)
  gst_video_frame_unmap: { parameters: ["pointer"], result: "void" },
  // GstVideoConverter *gst_video_converter_new (const GstVideoInfo *in_info,
  //     const GstVideoInfo *out_info, GstStructure *config): config transfer full; transfer full
  gst_video_converter_new: { parameters: ["pointer", "pointer", "pointer"], result: "pointer" },
  // GType gst_video_resampler_method_get_type (void)
  gst_video_resampler_method_get_type: { parameters: [], result: "usize" },
  // void gst_video_converter_free (GstVideoConverter *convert)
  gst_video_converter_free: { parameters: ["pointer"], result: "void" },
  // void gst_video_converter_frame (GstVideoConverter *convert, const GstVideoFrame *src,
  //     GstVideoFrame *dest)
  gst_video_converter_frame: { parameters: ["pointer", "pointer", "pointer"], result: "void" },
  gst_video_converter_frame_nonblocking: {
    name: "gst_video_converter_frame",
    parameters: ["pointer", "pointer", "pointer"],
    result: "void",
    nonblocking: true,
  },
} as const satisfies Deno.ForeignLibraryInterface;

/** libgobject-2.0 */
export const gobjectSymbols = {
  // gboolean g_type_check_instance_is_a (GTypeInstance *instance, GType iface_type)
  g_type_check_instance_is_a: { parameters: ["pointer", "usize"], result: "i32" },
  // const gchar *g_type_name_from_instance (GTypeInstance *instance)
  g_type_name_from_instance: { parameters: ["pointer"], result: "pointer" },
  // GParamSpec *g_object_class_find_property (GObjectClass *oclass, const gchar *name):
  //     transfer none, nullable
  g_object_class_find_property: { parameters: ["pointer", "buffer"], result: "pointer" },
} as const satisfies Deno.ForeignLibraryInterface;

/** libglib-2.0 */
export const glibSymbols = {
  // void g_free (gpointer mem)
  g_free: { parameters: ["pointer"], result: "void" },
  // void g_strfreev (gchar **str_array)
  g_strfreev: { parameters: ["pointer"], result: "void" },
  // void g_error_free (GError *error)
  g_error_free: { parameters: ["pointer"], result: "void" },
  // const gchar *g_quark_to_string (GQuark quark)
  g_quark_to_string: { parameters: ["u32"], result: "pointer" },
} as const satisfies Deno.ForeignLibraryInterface;

/** libc: System V shared memory, processes, sockets, and what uinput needs */
export const libcSymbols = {
  // int shmget (key_t key, size_t size, int shmflg)
  shmget: { parameters: ["i32", "usize", "i32"], result: "i32" },
  // void *shmat (int shmid, const void *shmaddr, int shmflg)
  shmat: { parameters: ["i32", "pointer", "i32"], result: "pointer" },
  // int shmdt (const void *shmaddr)
  shmdt: { parameters: ["pointer"], result: "i32" },
  // int shmctl (int shmid, int cmd, struct shmid_ds *buf)
  shmctl: { parameters: ["i32", "i32", "pointer"], result: "i32" },
  // pid_t waitpid (pid_t pid, int *wstatus, int options)
  waitpid: { parameters: ["i32", "pointer", "i32"], result: "i32" },
  // int open (const char *pathname, int flags, ...)
  open: { parameters: ["buffer", "i32"], result: "i32" },
  // int ioctl (int fd, unsigned long request, ...): with a number
  ioctl: { parameters: ["i32", "u64", "u64"], result: "i32" },
  // int ioctl (int fd, unsigned long request, ...): with a structure
  ioctl_buffer: { name: "ioctl", parameters: ["i32", "u64", "buffer"], result: "i32" },
  // ssize_t write (int fd, const void *buf, size_t count)
  write: { parameters: ["i32", "buffer", "usize"], result: "isize" },
  // int close (int fd)
  close: { parameters: ["i32"], result: "i32" },
  // int shutdown (int sockfd, int how)
  shutdown: { parameters: ["i32", "i32"], result: "i32" },
  // int *__errno_location (void)
  __errno_location: { parameters: [], result: "pointer" },
  // char *strerror (int errnum)
  strerror: { parameters: ["i32"], result: "pointer" },
} as const satisfies Deno.ForeignLibraryInterface;

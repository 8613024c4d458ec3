import type { Avatar } from '@visavis/contracts';
import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState } from 'react';
import { avatarsQuery, deleteAvatar } from '../api/resources.ts';
import { nameFromFile, uploadAvatar, uploadObjection } from '../api/upload.ts';
import { toSentence } from '../session/failure.ts';
import { useFileDrop } from './use-file-drop.ts';

export interface UploadItem {
  readonly key: number;
  readonly name: string;
  readonly file: File;
  /** Part that has been sent, 0 to 1. */
  readonly sent: number;
  readonly problem: string | null;
}

/** Portraits and clips on their way to the API. Once there they are avatars like the others and leave this list. */
export function useUploads() {
  const queryClient = useQueryClient();
  const [items, setItems] = useState<readonly UploadItem[]>([]);
  const [uploadedIds, setUploadedIds] = useState<ReadonlySet<string>>(new Set());
  const [removeProblem, setRemoveProblem] = useState<string | null>(null);
  const running = useRef(new Map<number, AbortController>());
  const nextKey = useRef(1);

  const dismiss = useCallback((key: number) => {
    running.current.get(key)?.abort();
    setItems((before) => before.filter((item) => item.key !== key));
  }, []);

  const add = useCallback(
    (files: readonly File[]) => {
      const patch = (key: number, change: Partial<UploadItem>) =>
        setItems((before) => before.map((item) => (item.key === key ? { ...item, ...change } : item)));
      for (const file of files) {
        const key = nextKey.current++;
        const name = nameFromFile(file.name);
        const problem = uploadObjection(file);
        setItems((before) => [{ key, name, file, sent: 0, problem }, ...before]);
        if (problem !== null) continue;
        const abort = new AbortController();
        running.current.set(key, abort);
        uploadAvatar({ name, file }, (sent) => patch(key, { sent }), abort.signal)
          .then((avatar) => {
            queryClient.setQueryData(avatarsQuery.queryKey, (before: Avatar[] | undefined) => [avatar, ...(before ?? []).filter((one) => one.id !== avatar.id)]);
            setUploadedIds((before) => new Set(before).add(avatar.id));
            setItems((before) => before.filter((item) => item.key !== key));
            void queryClient.invalidateQueries({ queryKey: avatarsQuery.queryKey });
          })
          .catch((error: unknown) => patch(key, { problem: toSentence(error) }))
          .finally(() => running.current.delete(key));
      }
    },
    [queryClient],
  );

  const remove = useCallback(
    async (avatarId: string) => {
      setRemoveProblem(null);
      try {
        await deleteAvatar(avatarId);
        queryClient.setQueryData(avatarsQuery.queryKey, (before: Avatar[] | undefined) => before?.filter((one) => one.id !== avatarId));
      } catch (error) {
        setRemoveProblem(toSentence(error));
      }
      await queryClient.invalidateQueries({ queryKey: avatarsQuery.queryKey });
    },
    [queryClient],
  );

  useEffect(() => {
    const uploads = running.current;
    return () => {
      for (const abort of uploads.values()) abort.abort();
    };
  }, []);

  const dragging = useFileDrop(add);
  return {
    items,
    uploadedIds,
    dragging,
    removeProblem,
    add,
    dismiss,
    remove,
    /** Another file instead of one that was refused. */
    replace: (key: number) => (files: readonly File[]) => {
      dismiss(key);
      add(files);
    },
    replaceAvatar: (avatarId: string) => (files: readonly File[]) => {
      void remove(avatarId);
      add(files);
    },
  };
}
